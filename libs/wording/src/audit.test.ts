import { AUDIT_KEYS, forbiddenWords, LANGUAGES, sayAudit } from './index.ts';

describe.each(LANGUAGES)('sentences of the auditor, %s', (language) => {
  test.each(AUDIT_KEYS)('%s', (key) => {
    const text = sayAudit(language, key);
    expect(text).not.toBe(key === 'expected' || key === 'found' ? '' : key);
    expect(text.trim()).not.toBe('');
    expect(forbiddenWords(text)).toEqual([]);
  });
});

test('an unknown code stands as itself, a value is no pattern', () => {
  expect(sayAudit('en', 'later/code')).toBe('later/code');
  expect(sayAudit('en', 'from', { from: '$& {size}' })).toBe('Entries before $& {size} were not looked at.');
  expect(sayAudit('zh', 'constructor')).toBe('constructor');
});
