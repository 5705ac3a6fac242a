/**
 * Share of a part in the largest one as a width class of the style sheet, `w1` to `w20`: for bars only, where a
 * twentieth is fine enough. Inline styles would need a weaker content security policy.
 */
export function barClass(part: string, largest: string): string {
  const share = Number(part) / Number(largest);
  if (!Number.isFinite(share) || share <= 0) return 'w1';
  return `w${Math.min(20, Math.max(1, Math.round(share * 20)))}`;
}
