import { describe, expect, test } from 'vitest';
import { fillFacts, staleFacts } from '../../scripts/markers.ts';

const facts = { module: '16.6 KB', speed: '\n| a table |\n| of two lines |\n' };
const page = (module: string, speed: string) =>
  `The module has <!-- fact: module -->${module}<!-- /fact -->, as\n` +
  `<!-- fact: speed -->${speed}<!-- /fact --> and <!-- fact: module -->${module}<!-- /fact -->.`;
const fresh = page(facts.module, facts.speed);

describe('facts in a page', () => {
  test('are written between their comments, wherever they stand', () => {
    expect(fillFacts(page('', 'old\n'), facts)).toBe(fresh);
    expect(fillFacts(fresh, facts)).toBe(fresh);
  });

  test('are written as they are, dollar signs too', () => {
    const speed = '$& $1 $$';
    expect(fillFacts(fresh, { ...facts, speed })).toBe(page(facts.module, speed));
  });

  test('are named where they are stale, with what the page says', () => {
    const stale = fresh.replace('16.6', '15.9');
    expect(staleFacts(stale, facts)).toEqual(['module is "16.6 KB", not "15.9 KB"']);
    expect(staleFacts(fresh, facts)).toEqual([]);
  });

  test('of several lines are named with the first that differs', () => {
    const longer = `${facts.speed}| and one more |\n`;
    expect(staleFacts(page(facts.module, longer), facts)).toEqual([
      'speed is "", not "| and one more |"',
    ]);
    expect(staleFacts(page(facts.module, '\n| a table |'), facts)).toEqual([
      'speed is "| of two lines |", not ""',
    ]);
  });

  test.each([fillFacts, staleFacts])(
    'are refused by $name where no fact has their name',
    (read) => {
      for (const name of ['size', 'toString']) {
        expect(() => read(`<!-- fact: ${name} -->1 KB<!-- /fact -->`, facts)).toThrow(
          `expected a fact among module, speed, got ${name}`,
        );
      }
    },
  );

  test.each([
    '<!-- fact: module -->16.6 KB',
    '16.6 KB<!-- /fact -->',
    '<!-- fact: module --><!-- fact: speed -->16.6 KB<!-- /fact -->',
    '<!-- fact: the module -->16.6 KB<!-- /fact -->',
  ])('are refused where they do not begin and end: %s', (broken) => {
    expect(() => fillFacts(broken, facts)).toThrow('expected each fact to begin and to end');
    expect(() => staleFacts(broken, facts)).toThrow('expected each fact to begin and to end');
  });
});
