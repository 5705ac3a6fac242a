/** What a chain's own coin is called, for people; by chain id. Nothing is reckoned with it. */
const CURRENCIES: Readonly<Record<string, string>> = {
  1: 'ETH',
  10: 'ETH',
  56: 'BNB',
  100: 'xDAI',
  137: 'POL',
  8453: 'ETH',
  42161: 'ETH',
  17000: 'test ETH',
  11155111: 'test ETH',
};

export function currencyOf(chainId: bigint): string {
  return CURRENCIES[String(chainId)] ?? "of the chain's currency";
}
