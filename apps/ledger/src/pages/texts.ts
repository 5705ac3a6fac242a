// Texts of the pages around the checker's: headings, labels, remarks. What a verdict says stands in libs/wording.
import type { Language } from './negotiate.ts';

const TEXTS = {
  inputs: { en: 'What went in', zh: '输入数据' },
  input: { en: 'Input', zh: '项目' },
  line: { en: 'Line', zh: '产线' },
  source: { en: 'Source', zh: '来源' },
  quantity: { en: 'Quantity', zh: '数量' },
  factor: { en: 'Factor', zh: '排放因子' },
  withheld: { en: 'withheld', zh: '不公开' },
  missing: { en: 'missing', zh: '缺失' },
  estimated: { en: 'estimated', zh: '估算' },
  records: { en: 'records', zh: '条' },
  moreInputs: { en: 'more in the bundle', zh: '其余见核验包' },
  shared: { en: 'shared', zh: '公用' },
  'grade/signed-meter': { en: 'signed meter', zh: '签名电表' },
  'grade/api': { en: 'meter system', zh: '采集系统' },
  'grade/file': { en: 'file', zh: '文件' },
  'grade/bill': { en: 'bill', zh: '账单' },
  'grade/manual': { en: 'typed in', zh: '手工填写' },
  'grade/archive': { en: 'from archive', zh: '历史档案' },
  gaps: { en: 'What is missing or stands in', zh: '缺失与替代' },
  shares: { en: 'What the number rests on, in % of it', zh: '数值依据（占比 %）' },
  lines: { en: 'Production lines', zh: '产线' },
  perPiece: { en: 'kg CO₂e per unit', zh: 'kg CO₂e／单位' },
  electricityPerPiece: { en: 'kWh per unit', zh: 'kWh／单位' },
  opinion: { en: 'The third-party opinion', zh: '第三方核查陈述' },
  body: { en: 'Body', zh: '核查机构' },
  criteria: { en: 'Criteria', zh: '依据准则' },
  coverageValid: { en: 'For goods made', zh: '适用生产日期' },
  registrar: { en: 'Registrar', zh: '登记方' },
  report: { en: 'Report', zh: '报告编号' },
  limitations: { en: 'Limitations', zh: '限制事项' },
  identity: { en: 'Identity', zh: '标识' },
  code: { en: 'Code', zh: '编码' },
  productId: { en: 'Product', zh: '产品' },
  cnCode: { en: 'Customs code, as declared', zh: '海关编码（申报）' },
  mass: { en: 'Net mass of a unit', zh: '单位净重' },
  facility: { en: 'Facility', zh: '工厂' },
  uscc: { en: 'Unified Social Credit Identifier', zh: '统一社会信用代码' },
  keyHolder: { en: 'Signing key held by', zh: '签名密钥持有者' },
  materials: { en: 'Materials', zh: '材料' },
  ofMass: { en: '{fraction} of the mass', zh: '质量占比 {fraction}' },
  dates: { en: 'Dates', zh: '日期' },
  method: { en: 'Method', zh: '核算方法' },
  documents: { en: 'Take it with you', zh: '带走核验' },
  bundle: { en: 'Bundle: everything a check needs, in one file', zh: '核验包：核验所需的全部内容' },
  credential: { en: 'Credential (application/vc+jwt)', zh: '凭证（application/vc+jwt）' },
  log: { en: 'The public log', zh: '公开账本' },
  root: { en: 'Trust root of this installation: a hint only', zh: '本系统的信任根：仅供参考' },
  noClaim: { en: 'What this page does not say', zh: '本页不说明什么' },
  operator: { en: 'Who runs this page', zh: '本页由谁运行' },
  chain: {
    en: 'The heads of the log are written to a public contract, which takes only a log that extends the one before.',
    zh: '账本头写入公开合约；合约只接受延续此前账本的新账本头。',
  },
  unreadable: {
    en: 'The stored text of this passport cannot be read. Do not rely on this page; the log still holds its hash.',
    zh: '本护照存储的内容无法读取，请勿采信本页；账本中仍保存其哈希。',
  },
  notKnownHint: {
    en: 'That does not mean that the code is false: it may belong to another service, or it was mistyped. Compare the address on the label with the one of this page.',
    zh: '这不代表编码是假的：它可能属于其他服务，也可能输入有误。请比对标签上的网址与本页网址。',
  },
  scanned: { en: 'Scanned', zh: '扫描内容' },
  lotTitle: { en: 'Which batch?', zh: '哪个批次？' },
  lotAsk: {
    en: 'This code names the product, not the batch. Add the lot printed on the pack to the address:',
    zh: '此编码只到产品，不到批次。请在网址后加上包装上的批号：',
  },
  lotExample: { en: 'LOT', zh: '批号' },
  removed: {
    en: 'The content of this record was removed on {date}. Its log entry stays.',
    zh: '本记录的内容已于 {date} 移除，账目保留。',
  },
  landing: {
    en: 'A carbon ledger with product passports that a reader can check without believing this server.',
    zh: '碳足迹账本与产品护照；读者无需相信本服务器即可自行核验。',
  },
  landingLinks: { en: 'Where things are', zh: '入口' },
  api: { en: 'API description', zh: 'API 说明' },
  checkpoint: { en: 'Newest checkpoint of the log', zh: '账本最新检查点' },
  verifyPage: { en: 'Check a bundle', zh: '核验一个核验包' },
  verifyHint: {
    en: 'The checker on this page comes from the operator of the record. For the full promise take one from elsewhere: the command line `npm run verify -- FILE`, or a copy of this page on another host.',
    zh: '本页的核验器来自记录的运行方。要获得完整保证，请使用别处的核验器：命令行 `npm run verify -- FILE`，或其他主机上的本页副本。',
  },
  codes: { en: 'Refusals and what to do', zh: '拒绝代码与处理方法' },
  means: { en: 'What it means', zh: '含义' },
  todo: { en: 'What to do', zh: '处理方法' },
  unknownCode: { en: 'No refusal with this code is known here.', zh: '此处没有该拒绝代码。' },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;

export type TextKey = keyof typeof TEXTS;

export function pageText(
  language: Language,
  key: TextKey,
  values: Readonly<Record<string, string>> = {},
): string {
  return TEXTS[key][language].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '–');
}

export const PAGE_TEXTS: Readonly<Record<string, Readonly<Record<Language, string>>>> = TEXTS;
