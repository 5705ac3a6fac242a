/**
 * Fraction-free elimination (E. H. Bareiss, Math. Comp. 22, 1968): every division below leaves no remainder, so whole
 * numbers stay whole and grow no longer than determinants.
 */

/**
 * Solves M X = R for whole numbers; `rows` hold M and, behind it, the columns of R, and are used up.
 * @returns det and numerators: X = numerators / det; null if M is singular
 */
export function solveWhole(rows: bigint[][]): { det: bigint; numerators: bigint[][] } | null {
  const n = rows.length;
  const width = rows[0]?.length ?? 0;
  let previous = 1n;
  for (let k = 0; k < n; k += 1) {
    let found = k;
    while (found < n && (rows[found] as bigint[])[k] === 0n) found += 1;
    if (found === n) return null;
    // A swap turns the sign of the determinant and of every numerator: their quotient stays.
    [rows[k], rows[found]] = [rows[found] as bigint[], rows[k] as bigint[]];
    const pivotRow = rows[k] as bigint[];
    const pivot = pivotRow[k] as bigint;
    for (let i = k + 1; i < n; i += 1) {
      const row = rows[i] as bigint[];
      const head = row[k] as bigint;
      for (let j = k + 1; j < width; j += 1) {
        row[j] = (pivot * (row[j] as bigint) - head * (pivotRow[j] as bigint)) / previous;
      }
      row[k] = 0n;
    }
    previous = pivot;
  }
  const det = previous;
  const numerators: bigint[][] = rows.map(() => []);
  for (let column = n; column < width; column += 1) {
    for (let i = n - 1; i >= 0; i -= 1) {
      const row = rows[i] as bigint[];
      let rest = det * (row[column] as bigint);
      for (let j = i + 1; j < n; j += 1) {
        const known = (numerators[j] as bigint[])[column - n] as bigint;
        if (row[j] !== 0n) rest -= (row[j] as bigint) * known;
      }
      (numerators[i] as bigint[])[column - n] = rest / (row[i] as bigint);
    }
  }
  return { det, numerators };
}
