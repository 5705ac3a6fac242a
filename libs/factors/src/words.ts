/** Sentences for the findings of this room, by code; `{value}` is the finding's value. */
import type { Names } from '#lib/evidence';
import type { ClaimCode } from './explain-claim.ts';
import type { FindingCode } from './line-rules.ts';

export const FACTOR_WORDS: Readonly<Record<FindingCode | ClaimCode, Names>> = {
  'factor/no-upstream': {
    zh: '有一项只有直接排放，缺上游部分',
    en: 'A line is counted without its upstream part',
  },
  'factor/no-direct': {
    zh: '有一项只有上游部分，缺直接排放',
    en: 'A line is counted without its direct part',
  },
  'factor/spend-based': {
    zh: '按花费金额估算，只在没有更好的因子时使用（{value}）',
    en: 'Counted by money spent, for want of anything better ({value})',
  },
  'factor/outside-period': {
    zh: '因子是 {value} 年的，与数据的时间不符',
    en: 'The factor is of {value}, not of the time of the data',
  },
  'factor/outside-region': {
    zh: '因子的地区是 {value}，与活动发生地不符',
    en: 'The factor is of {value}, not of the place of the activity',
  },
  'factor/stand-in': { zh: '用了替代因子：{value}', en: 'A stand-in factor is used: {value}' },
  'factor/maker-stated': {
    zh: '因子由厂家自报，不是公布的因子',
    en: 'The factor is stated by a maker, not published',
  },
  'factor/superseded': {
    zh: '因子已被更正，应改用 {value}',
    en: 'The factor was corrected; {value} replaces it',
  },
  'factor/known-wrong': {
    zh: '这个数字流传很广，但是错的；正确的是 {value}',
    en: 'This figure goes round and is wrong; right is {value}',
  },
  'factor/gwp-mixed': {
    zh: '混用了不同的 GWP 值：{value}',
    en: 'Factors of different sets of warming potentials are mixed: {value}',
  },
  'factor/gwp-kept': {
    zh: '因子没有分气体的数据，无法换算，仍按 {value}',
    en: 'The factor has no amounts per gas and is kept as {value}',
  },
  'claim/reproducible': {
    zh: '用公布的因子可以算出这个数字',
    en: 'A published factor of that place and time gives this figure',
  },
  'claim/not-reproducible': {
    zh: '用该地该时公布的任何因子都算不出这个数字',
    en: 'No published factor of that place and time gives this figure',
  },
  'claim/no-activity': {
    zh: '没有写明用电量，无法核对',
    en: 'The electricity is not stated, so the figure cannot be checked',
  },
  'claim/no-factor': {
    zh: '该地该时没有公布的因子，无法核对',
    en: 'No factor is published for that place and time, so the figure cannot be checked',
  },
};
