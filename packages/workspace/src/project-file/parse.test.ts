import { describe, expect, it } from 'vitest';
import { formatError } from '../report/format-error.ts';
import { parseProjectFile } from './parse.ts';

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['ingot', 'name'],
  properties: {
    ingot: { const: 'thing/v1' },
    name: { type: 'string', pattern: '^[a-z]+$', 'x-expected': 'lower-case letters' },
    version: { type: ['string', 'number'] },
    colour: { enum: ['red', 'green'] },
    list: {
      type: 'array',
      items: {
        anyOf: [
          { type: 'string' },
          { type: 'object', additionalProperties: false, properties: { from: { type: 'string' } } },
        ],
        'x-expected': 'a path or a map',
      },
    },
  },
};

function parse(text: string) {
  return parseProjectFile<Record<string, unknown>>({ text, file: '/w/x/thing.yaml', kind: 'thing/v1', schema });
}

/** The lines of the errors, without help. */
function errors(text: string): string[] {
  try {
    parse(text);
  } catch (error) {
    return formatError(error, { cwd: '/w' })
      .split('\n')
      .filter((line) => !line.startsWith('  help'));
  }
  return [];
}

describe('parseProjectFile', () => {
  it('gives the value, and the place of each part', () => {
    const file = parse('# c\ningot: thing/v1\nname: abc\nlist:\n  - from: a\n  - b\n')!;
    expect(file.value).toEqual({ ingot: 'thing/v1', name: 'abc', list: [{ from: 'a' }, 'b'] });
    expect(file.place(['list', 0, 'from'])).toEqual({ file: '/w/x/thing.yaml', line: 5, column: 5 });
    expect(file.place(['list', 1])).toEqual({ file: '/w/x/thing.yaml', line: 6, column: 5 });
    expect(file.place(['list', 0, 'missing', 3])).toEqual({ file: '/w/x/thing.yaml', line: 5, column: 5 });
    expect(file.place([])).toMatchObject({ line: 2, column: 1 });
  });
  it('remembers what was written where YAML makes something else of it', () => {
    const file = parse('ingot: thing/v1\nname: abc\nversion: 1.10\n')!;
    expect(file.value['version']).toBe(1.1);
    expect(file.source(['version'])).toBe('1.10');
    expect(file.text(['version'])).toBe('1.10');
    const quoted = parse('ingot: thing/v1\nname: abc\nversion: "1.10"\n')!;
    expect(quoted.source(['version'])).toBe('"1.10"');
    expect(quoted.text(['version'])).toBe('1.10');
    expect(quoted.text(['list'])).toBeUndefined();
  });
  it('sees through aliases', () => {
    const file = parse('ingot: thing/v1\nname: abc\nlist: [&a { from: x }, *a]\n')!;
    expect(file.text(['list', 1, 'from'])).toBe('x');
  });
  it.each(['name: abc\n', '', 'ingot: solution/v1\nname: abc\n', 'foo: [\n'])('leaves %j alone', (text) => {
    expect(parse(text)).toBeUndefined();
  });

  it.each([
    [
      'a newer version',
      'ingot: thing/v9\n',
      ['x/thing.yaml:1:1  INGOT_FILE_VERSION  unknown format "thing/v9"; did you mean "thing/v1"?'],
    ],
    [
      'a misspelt kind',
      'ingot: thnig/v1\nname: a\n',
      ['x/thing.yaml:1:1  INGOT_FILE_VERSION  unknown format "thnig/v1"; did you mean "thing/v1"?'],
    ],
    [
      'no kind',
      'ingot:\nname: a\n',
      ['x/thing.yaml:1:1  INGOT_FILE_VERSION  unknown format ""; did you mean "thing/v1"?'],
    ],
    [
      'YAML that is none',
      'ingot: thing/v1\nname: [a\n',
      [
        'x/thing.yaml:3:1  INGOT_YAML_SYNTAX  Flow sequence in block collection must be sufficiently indented and end with a ]',
      ],
    ],
    [
      'tabs',
      'ingot: thing/v1\nlist:\n\t- a\n',
      ['x/thing.yaml:3:1  INGOT_YAML_SYNTAX  Tabs are not allowed as indentation'],
    ],
    [
      'a key twice',
      'ingot: thing/v1\nname: a\nname: b\n',
      ['x/thing.yaml:3:1  INGOT_YAML_SYNTAX  the key "name" is there twice'],
    ],
    [
      'a second document',
      'ingot: thing/v1\nname: a\n---\nb: c\n',
      ['x/thing.yaml:3:1  INGOT_YAML_SYNTAX  a project file is one YAML document; here begins a second one'],
    ],
    ['a tag', 'ingot: thing/v1\nname: !secret a\n', ['x/thing.yaml:2:7  INGOT_YAML_SYNTAX  Unresolved tag: !secret']],
    [
      'an unknown key',
      'ingot: thing/v1\nname: a\ncolor: red\n',
      ['x/thing.yaml:3:1  INGOT_FILE_KEY_UNKNOWN  unknown key "color"; did you mean "colour"?'],
    ],
    [
      'an unknown key, deeper',
      'ingot: thing/v1\nname: a\nlist:\n  - x\n  - fron: y\n',
      ['x/thing.yaml:5:5  INGOT_FILE_KEY_UNKNOWN  unknown key "fron"; did you mean "from"?'],
    ],
    ['a missing key', 'ingot: thing/v1\n', ['x/thing.yaml:1:1  INGOT_FILE_KEY_MISSING  the file lacks the key "name"']],
    [
      'a wrong type',
      'ingot: thing/v1\nname: [a]\n',
      ['x/thing.yaml:2:1  INGOT_FILE_TYPE  name must be lower-case letters, not a list'],
    ],
    [
      'null',
      'ingot: thing/v1\nname: a\nlist:\n',
      ['x/thing.yaml:3:1  INGOT_FILE_TYPE  list must be a list, not empty'],
    ],
    [
      'a wrong item',
      'ingot: thing/v1\nname: a\nlist: [3]\n',
      ['x/thing.yaml:3:8  INGOT_FILE_VALUE  list[0]: 3 is not valid: expected a path or a map'],
    ],
    [
      'a wrong value',
      'ingot: thing/v1\nname: A1\n',
      ['x/thing.yaml:2:1  INGOT_FILE_VALUE  name: A1 is not valid: expected lower-case letters'],
    ],
    [
      'none of a choice',
      'ingot: thing/v1\nname: a\ncolour: gren\n',
      [
        'x/thing.yaml:3:1  INGOT_FILE_VALUE  colour: gren is not valid: expected one of red, green; did you mean "green"?',
      ],
    ],
    [
      'several mistakes, in the order of the file',
      'ingot: thing/v1\nnane: a\nversion: [1]\ncolour: blue\n',
      [
        'x/thing.yaml:1:1  INGOT_FILE_KEY_MISSING  the file lacks the key "name"',
        'x/thing.yaml:2:1  INGOT_FILE_KEY_UNKNOWN  unknown key "nane"; did you mean "name"?',
        'x/thing.yaml:3:1  INGOT_FILE_TYPE  version must be a string or a number, not a list',
        'x/thing.yaml:4:1  INGOT_FILE_VALUE  colour: blue is not valid: expected one of red, green',
      ],
    ],
  ])('reports %s', (_, text, expected) => {
    expect(errors(text)).toEqual(expected);
  });

  it('refuses aliases that would grow without end', () => {
    const ten = (name: string) => Array(10).fill(`*${name}`).join(',');
    const text = `ingot: thing/v1\nname: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [${ten('a')}]\nc: &c [${ten('b')}]\nd: [${ten('c')}]\n`;
    expect(errors(text)).toEqual([expect.stringContaining('x/thing.yaml:1:1  INGOT_YAML_ALIASES')]);
  });
  it('refuses a file that is too large', () => {
    expect(errors(`ingot: thing/v1\n#${'x'.repeat(1024 * 1024)}\n`)).toEqual([
      expect.stringContaining('x/thing.yaml  INGOT_FILE_TOO_LARGE'),
    ]);
  });
  it('keeps a key like __proto__ a key', () => {
    expect(errors('ingot: thing/v1\nname: a\n__proto__: { polluted: true }\n')).toEqual([
      'x/thing.yaml:3:1  INGOT_FILE_KEY_UNKNOWN  unknown key "__proto__"',
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('says in plain words how many items and characters there may be', () => {
    const properties = {
      list: { type: 'array', minItems: 1, uniqueItems: true },
      name: { type: 'string', minLength: 2, maxLength: 3 },
    };
    const messages = (text: string) => {
      try {
        parseProjectFile({ text, file: 'x', kind: 'thing/v1', schema: { type: 'object', properties } });
        return [];
      } catch (error) {
        return (error instanceof AggregateError ? error.errors : [error]).map((each) => (each as Error).message);
      }
    };
    expect(messages('ingot: thing/v1\nlist: []\n')).toEqual(['list: [] is not valid: expected at least 1 item']);
    expect(messages('ingot: thing/v1\nlist: [a, a]\n')).toEqual(['list: [a, a] is not valid: expected each item once']);
    expect(messages('ingot: thing/v1\nname: a\n')).toEqual(['name: a is not valid: expected at least 2 characters']);
    expect(messages('ingot: thing/v1\nname: abcd\n')).toEqual([
      'name: abcd is not valid: expected at most 3 characters',
    ]);
  });
});
