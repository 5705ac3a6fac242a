// What no page, label, letter or file of ours may say. A promise about the product instead of about the record is a
// sustainability claim (Directive (EU) 2024/825) that we neither make nor help to make.

const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/\bgreen\b/i, 'green'],
  [/\b(?:eco|environment(?:ally)?|climate|carbon)[- ]?friendly\b/i, 'friendly to anything'],
  [/\bsustainable\b/i, 'sustainable as a property'],
  [/\benergy[- ]efficient\b/i, 'energy efficient'],
  [/\b(?:biodegradable|bio-?based)\b/i, 'biodegradable, biobased'],
  [/\b(?:carbon|climate)[- ]?(?:neutral|positive|negative)\b|\bnet[- ]zero\b/i, 'neutrality'],
  [/\bverified\b/i, 'a bare "verified"'],
  [/\bcertified\b/i, 'certified without certificate number and body'],
  [/\bguarantee[ds]?\b/i, 'guaranteed'],
  [/\btamper[- ]?proof\b/i, 'tamper-proof'],
  [/\b100 ?%|百分之百|百分百/, '100 %'],
  [/\bblockchain[- ]verified\b/i, 'blockchain-verified'],
  [/\bapproved\b/i, 'approved by anybody'],
  [/\b(?:genuine|authentic)\b|正品|保真/i, 'genuine, about the thing in the hand'],
  [/\blow[- ]carbon\b|\bNFTs?\b/i, 'low-carbon, NFT'],
  [/已认证|已验证|已核验|已通过核验/, '「已认证」「已验证」'],
  [/绿色(?:产品|环保)?|低碳|环保|生态友好|节能产品/, '「绿色」「低碳」「环保」'],
  [/碳中和|气候中和|零碳|净零/, '「碳中和」「零碳」'],
  [/通过海关|海关认可/, '「通过海关」'],
  [/上链即真实|不可篡改|防篡改/, '「上链即真实」「不可篡改」'],
  [/保证真实|确保真实/, '「保证真实」'],
  [/铸造|钱包/, '「铸造」「钱包」'],
];

/** What the text says and must not; empty when all is well. */
export function forbiddenWords(text: string): readonly string[] {
  return FORBIDDEN.filter(([pattern]) => pattern.test(text)).map(([, name]) => name);
}
