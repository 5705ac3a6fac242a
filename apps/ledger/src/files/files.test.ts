import { shownName } from './files.service.ts';

test.each([
  ['电表 1.csv', '电表 1.csv'],
  ['C:\\Users\\a\\bill.xlsx', 'bill.xlsx'],
  ['../../keys/operator.key.json', 'operator.key.json'],
  ['a\u0000\u001b[2J\u0085\u202e\u200b\u2028b.csv', 'a[2Jb.csv'],
  ['😀'.repeat(300), '😀'.repeat(200)],
  ['\u200b\ufeff ', 'file'],
])('a file called %j is shown as %j', (name, shown) => expect(shownName(name)).toBe(shown));
