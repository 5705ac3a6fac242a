/** Who makes the goods: fields of the communication template, and which of them are still empty. */
import type { Bilingual } from './category.ts';
import { country, decimal, type Fields, malformed, object, optionalText } from './shape.ts';

interface FieldFacts {
  readonly key: string;
  /** The template marks it as obligatory, or an importer cannot do without. */
  readonly needed: boolean;
  readonly label: Bilingual;
}

const field = (key: string, needed: boolean, zh: string, en: string): FieldFacts => ({
  key,
  needed,
  label: { zh, en },
});

export const INSTALLATION_FIELDS = [
  field('name', false, '装置名称（当地文字）', 'name of the installation (local)'),
  field('nameEnglish', true, '装置英文名称', 'name of the installation (English)'),
  field('street', true, '街道、门牌号', 'street, number'),
  field('economicActivity', false, '经济活动', 'economic activity'),
  field('postCode', true, '邮编', 'post code'),
  field('postBox', false, '邮政信箱', 'P.O. box'),
  field('city', true, '城市', 'city'),
  field('country', true, '国家', 'country'),
  field('unLocode', true, 'UN/LOCODE 地点代码', 'UN/LOCODE'),
  field('latitude', true, '主要排放源纬度', 'latitude of the main emission source'),
  field('longitude', true, '主要排放源经度', 'longitude of the main emission source'),
  field('representative', true, '授权代表姓名', 'name of the authorised representative'),
  field('email', true, '电子邮箱', 'email'),
  field('telephone', true, '电话', 'telephone'),
  field('operatorRegistration', false, 'CBAM 登记系统运营者编号', 'operator id in the CBAM registry'),
  field('installationRegistration', false, 'CBAM 登记系统装置编号', 'installation id in the CBAM registry'),
] as const;

const VERIFIER_FIELDS = [
  field('company', true, '核查机构名称', 'verifier: company name'),
  field('accreditationState', true, '认可机构所在成员国', 'verifier: Member State of the accreditation'),
  field('accreditationBody', true, '国家认可机构', 'verifier: national accreditation body'),
  field('registrationNumber', true, '认可注册号', 'verifier: registration number'),
  field('reportNumber', true, '核查报告编号', 'verification report: number'),
] as const;

export interface Installation {
  readonly fields: Readonly<Record<string, string | null>>;
  readonly verifier: Readonly<Record<string, string | null>>;
}

export function readInstallation(value: unknown, place: string): Installation {
  const given = value === undefined ? {} : object(value, place);
  const verifier = (given.verifier ?? null) === null ? {} : object(given.verifier, `${place}/verifier`);
  if ((given.country ?? null) !== null) country(given.country, `${place}/country`);
  if ((given.unLocode ?? null) !== null && !/^[A-Z]{2} ?[A-Z2-9]{3}$/.test(String(given.unLocode)))
    throw malformed(`${place}/unLocode`, 'a UN/LOCODE like CNYIW', given.unLocode);
  for (const key of ['latitude', 'longitude'])
    if ((given[key] ?? null) !== null) decimal(given[key], `${place}/${key}`);
  return {
    fields: pick(given, INSTALLATION_FIELDS, place),
    verifier: pick(verifier, VERIFIER_FIELDS, `${place}/verifier`),
  };
}

const pick = (given: Fields, fields: readonly FieldFacts[], place: string) =>
  Object.fromEntries(fields.map(({ key }) => [key, optionalText(given, key, place)]));

export interface MissingField {
  /** JSON pointer in the input. */
  readonly pointer: string;
  readonly label: Bilingual;
}

export const missingFields = ({ fields, verifier }: Installation): readonly MissingField[] => [
  ...lacking(INSTALLATION_FIELDS, fields, '/installation'),
  ...lacking(VERIFIER_FIELDS, verifier, '/installation/verifier'),
];

const lacking = (all: readonly FieldFacts[], given: Readonly<Record<string, string | null>>, place: string) =>
  all
    .filter(({ key, needed }) => needed && given[key] === null)
    .map(({ key, label }) => ({ pointer: `${place}/${key}`, label }));
