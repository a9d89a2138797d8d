import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestDocument, parseManifest } from './manifest.ts';

const parse = (text: string) => parseManifest('a.yaml', Buffer.from(text));
const values = (text: string): unknown[] => parse(text).objects.map(({ value }) => value);
const problems = (text: string | Uint8Array): string[] =>
  parseManifest('a.yaml', Buffer.from(text)).problems.map(({ kind, path }) => `${kind} ${path}`);
/** The value of `a`, as go-yaml reads it. */
const read = (text: string): unknown => (values(`a: ${text}\n`)[0] as { a: unknown }).a;

const one = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: one }\n';
const two = one.replace('one', 'two');
const names = (text: string): unknown[] =>
  parse(text).objects.map(({ value }) => (value as { metadata: { name: string } }).metadata.name);

// What is expected here was tried with `kubectl label --local -o json` 1.32, which reads with the same code as rukpak.
describe('documents', () => {
  it.each([
    ['one', one, ['one']],
    ['two', `${one}---\n${two}`, ['one', 'two']],
    ['marks at both ends', `---\n${one}---\n${two}---\n`, ['one', 'two']],
    ['a comment behind the mark', `${one}--- # two\n${two}`, ['one', 'two']],
    ['Windows line ends', `${one}---\n${two}`.replaceAll('\n', '\r\n'), ['one', 'two']],
    ['a byte order mark', `\ufeff${one}`, ['one']],
    ['three dashes within a text', `${one}data:\n  a: |\n    ---\n    b\n`, ['one']],
    ['JSON', '{"apiVersion": "v1",\n\t"metadata": {"name": "}\\"{"}}', ['}"{']],
    ['a stream of JSON', '{"metadata": {"name": "one"}}\n {"metadata": {"name": "two"}}', ['one', 'two']],
    ['YAML in braces', '{metadata: {name: one}}', ['one']],
  ])('%s', (_, text, expected) => {
    expect(parse(text).problems).toEqual([]);
    expect(names(text)).toEqual(expected);
  });

  it('tells those that hold nothing, and makes no object of them', () => {
    const { objects, problems: none, empty } = parse(`# A licence\n---\n\n---\n${one}---\n---\n~\n---\n`);
    expect([objects.length, none]).toEqual([1, []]);
    expect(empty).toEqual(['a.yaml:1:1', 'a.yaml:3:1', 'a.yaml:10:1']);
    expect(parse('').empty).toEqual([]);
    expect(parse('# nothing').empty).toEqual(['a.yaml:1:1']);
  });

  it('go on after a broken one', () => {
    expect(names(`${one}---\na: [\n---\n${two}`)).toEqual(['one', 'two']);
  });
});

describe('values', () => {
  it.each([
    ['yes', true],
    ['N', false],
    ['Off', false],
    ['"yes"', 'yes'],
    ['~', null],
    ['', null],
    ['017', 15],
    ['0o17', 15],
    ['0x1F', 31],
    ['-0b11', -3],
    ['1_000', 1000],
    ['09', 9],
    ['+1', 1],
    ['1.', 1],
    ['.5', 0.5],
    ['1e3', 1000],
    ['1e999', '1e999'],
    ['18446744073709551616', 18446744073709551616],
    ['22:22', '22:22'],
    ['2001-12-14', '2001-12-14'],
    ['0x', '0x'],
    ['.', '.'],
    ['=', '='],
    ['!!str 1', '1'],
    ['!!int "5"', 5],
    ['!!float 3', 3],
    ['!own thing', 'thing'],
    ['!!binary aGVsbG8=', 'hello'],
  ])('%s is %j', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('have keys that are texts', () => {
    expect(values('{a: {yes: b, 1: c, 1.5: d, .inf: e, "~": f}}')).toEqual([
      { a: { true: 'b', '1': 'c', '1.5': 'd', '.inf': 'e', '~': 'f' } },
    ]);
    expect(Object.keys(values('__proto__: {a: 1}\n')[0] as object)).toEqual(['__proto__']);
  });

  it('take in what merge keys name, where they stand', () => {
    expect(
      values('x: &x {a: 1, b: 2}\nfirst: {<<: *x, a: 3}\nlast: {a: 3, <<: *x}\nmany: {<<: [*x, {a: 4, c: 5}]}\n'),
    ).toEqual([{ x: { a: 1, b: 2 }, first: { a: 3, b: 2 }, last: { a: 1, b: 2 }, many: { a: 1, b: 2, c: 5 } }]);
  });

  it('are at their last anchor', () => {
    expect(values('a: &x 1\nb: *x\nc: &x 2\nd: *x\n')).toEqual([{ a: 1, b: 1, c: 2, d: 2 }]);
  });
});

describe('lists', () => {
  it('are their items, at any depth; these have apiVersion and kind of the list where they have none', () => {
    const text = `${one}---\napiVersion: v1\nkind: List\nitems:\n- kind: A\n- items: [{ kind: B }]\n---\napiVersion: x/v1\nkind: CList\nitems: [{ a: 1 }]\n`;
    const { objects } = parse(text);
    expect(objects.map(({ value, inList }) => [value['kind'], inList])).toEqual([
      ['ConfigMap', false],
      ['A', true],
      ['B', true],
      ['C', true],
    ]);
    expect(objects[3]?.value).toEqual({ apiVersion: 'x/v1', kind: 'C', a: 1 });
    expect(objects[2]?.place('kind')).toBe('a.yaml:9:13');
  });

  it.each([
    ['an item that is no object', 'kind: List\nitems:\n- a\n', 'value a.yaml:3:3'],
    ['an item that is nothing', 'kind: List\nitems:\n-\n', 'value a.yaml:3:2'],
    ['items that are no list', 'kind: List\nitems: a\n', 'value a.yaml:2:1'],
  ])('%s', (_, text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });
});

describe('what is refused', () => {
  it.each([
    ['bytes that are not UTF-8', Buffer.from([0x61, 0x3a, 0x20, 0xff]), 'encoding a.yaml:1:1'],
    ['UTF-16', Buffer.from('\ufeffa: b', 'utf16le'), 'encoding a.yaml:1:1'],
    ['a control character', 'a: b\nc: "x\u0001"\n', 'syntax a.yaml:2:6'],
    ['a line end of YAML 1.1', 'a: b\u2028c\n', 'syntax a.yaml:1:5'],
    ['a tab as indentation', 'a:\n\tb: c\n', 'syntax a.yaml:2:1'],
    ['a tab before a comment', 'a: b\n\t# c\n', 'syntax a.yaml:2:1'],
    ['a tab on a line of its own', 'a: "b"\n  \t\nc: d\n', 'syntax a.yaml:2:3'],
    ['a tab behind a dash', 'a:\n-\tb\n', 'syntax a.yaml:2:2'],
    ['a tab that indents a text', 'a: |\n    b\n\tc\n', 'syntax a.yaml:3:1'],
    ['a text that does not end', 'a: "b\n', 'syntax a.yaml:2:1'],
    ['something behind the dashes', `${one}--- {a: b}\n`, 'syntax a.yaml:4:1'],
    ['dashes and more', `${one}---foo\n`, 'syntax a.yaml:4:1'],
    ['an object behind the end of its document', `${one}...\n${two}`, 'syntax a.yaml:5:1'],
    ['an end at the beginning', `# c\n...\n${one}`, 'syntax a.yaml:2:1'],
    ['dashes between JSON', '{"a": 1}\n---\n{"a": 2}\n', 'syntax a.yaml:2:1'],
    ['a key that is a list', 'a:\n  [b]: c\n', 'value a.yaml:2:3'],
    ['a key that is nothing', 'a: {~: b}\n', 'value a.yaml:1:5'],
    ['a number that JSON has not', 'a: .inf\n', 'value a.yaml:1:4'],
    ['a tag that does not hold', 'a: !!int b\n', 'value a.yaml:1:10'],
    ['binary that is none', 'a: !!binary "a"\n', 'value a.yaml:1:13'],
    ['a merge of a text', 'a: {<<: b}\n', 'value a.yaml:1:9'],
    ['a list', '- a\n', 'value a.yaml:1:1'],
    ['JSON that is a list', '[{"a": 1}]', 'value a.yaml:1:1'],
    ['prose', 'Read me\n', 'value a.yaml:1:1'],
    ['an alias without an anchor', 'a: *b\n', 'aliases a.yaml:1:4'],
    ['an anchor that names itself', 'a: &a\n  b: *a\n', 'aliases a.yaml:2:6'],
    ['a document over 1 MiB', `${one}---\na: ${'x'.repeat(largestDocument)}\n`, 'size a.yaml:5:1'],
    ['lists in lists without end', `a: ${'['.repeat(100_000)}`, 'syntax a.yaml:1:502'],
    ['dashes without end', '- '.repeat(50_000), 'syntax a.yaml:1:1001'],
    ['JSON without end', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`, 'syntax a.yaml:1:2501'],
  ])('%s', (_, text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });

  it('a bomb of aliases', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 10; i += 1)
      lines.push(
        `a${i}: &a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    expect(problems(lines.join('\n'))).toEqual(['aliases a.yaml:4:20']);
  });

  it('a chain of aliases', () => {
    const lines = ['a0: &a0 [x]', ...Array.from({ length: 5000 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]`)];
    const padding = `pad: [${'x,'.repeat(5000)}]`;
    expect(parse([padding, ...lines].join('\n')).problems.map(({ kind }) => kind)).toEqual(['aliases']);
  });

  it('not: many aliases that make little of it', () => {
    expect(problems(`a: &a {b: c}\n${Array.from({ length: 500 }, (_, i) => `k${i}: *a`).join('\n')}\n`)).toEqual([]);
  });

  it('not: line ends of YAML 1.1 that change nothing', () => {
    expect(problems('a: |\n  b\u2028\n  c\nd: "e\u2028f"\n')).toEqual([]);
  });

  it('not: tabs where they are no indentation', () => {
    expect(problems('a:\tb\t# c\nd: "e\n  \tf"\ng: |\n  h\n  \ti\nj: k\n  \t\nl: [m,\t\tn]\n')).toEqual([]);
  });
});

it('tells keys that are there twice, and takes the last', () => {
  expect(problems('a: 1\nb: {c: 1}\na: 2\n')).toEqual(['duplicate a.yaml:3:1']);
  expect(values('a: 1\nb: {c: 1}\na: 2\n')).toEqual([{ a: 2, b: { c: 1 } }]);
  expect(problems('{"a": 1, "a": 2}')).toEqual(['duplicate a.yaml:1:10']);
});

it('knows the place of each value, or of the nearest above', () => {
  const [, object] = parse(
    `${one}---\nspec:\n  names:\n    kind: A\n  list:\n  - x: 1\n  - y: 2\n  spec: &s {z: 1}\n  other: *s\n`,
  ).objects;
  const place = (...keys: (string | number)[]) => object?.place(...keys);
  expect(place()).toBe('a.yaml:5:1');
  expect(place('spec', 'names', 'kind')).toBe('a.yaml:7:5');
  expect(place('spec', 'names', 'plural')).toBe('a.yaml:6:3');
  expect(place('spec', 'list', 1)).toBe('a.yaml:10:5');
  expect(place('spec', 'list', 1, 'y')).toBe('a.yaml:10:5');
  expect(place('spec', 'list', 7, 'y')).toBe('a.yaml:8:3');
  expect(place('spec', 'other', 'z')).toBe('a.yaml:11:13');
  expect(place('metadata', 'name')).toBe('a.yaml:5:1');
});

it('never throws', () => {
  const bits = [
    'a',
    ': ',
    '- ',
    '\n',
    '  ',
    '\t',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '|',
    '>',
    '&a ',
    '*a',
    '<<',
    '---\n',
    '...\n',
    '? ',
    '# ',
    '!!int ',
    '%YAML 1.1\n',
    '1',
    ',',
    '\r\n',
    '\u0000',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...bits), { maxLength: 40 }), (parts) => {
      const { objects } = parse(parts.join(''));
      for (const object of objects) expect(object.place('a', 0)).toMatch(/^a\.yaml:\d+:\d+$/);
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseManifest('a.yaml', bytes)));
});

it('reads what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (value) => {
      fc.pre(!Object.hasOwn(value, 'items') && !/\.inf|\.nan|-0/i.test(JSON.stringify(value)));
      const text = JSON.stringify(value, undefined, '\t');
      expect(JSON.stringify(parse(text).objects[0]?.value)).toBe(JSON.stringify(value));
    }),
  );
});
