import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { projectReferences, replaceRanges } from './project-references.ts';

const filled = (text: string) => {
  const { references } = projectReferences(text);
  return replaceRanges(
    text,
    references.flatMap(({ project, part, range }) => (range ? [{ range, text: `${part}(${project})` }] : [])),
  );
};

describe('references to the images of projects', () => {
  it('are replaced, and nothing else is: comments, quotes, blanks and line ends stay', () => {
    const text = [
      '# image: project:a stands for an image',
      'spec:',
      '  containers:',
      '    - { image: project:a, name: "x" }   # here',
      "    - image:    'project:b'",
      '      args: ["project:c", --image=project:d]\r',
      '---',
      'project:e: a key',
      'text: |',
      '  project:f',
      '',
    ].join('\n');
    expect(filled(text)).toBe(
      text
        .replace('{ image: project:a', '{ image: reference(a)')
        .replace("'project:b'", "'reference(b)'")
        .replace('"project:c"', '"reference(c)"'),
    );
  });

  it('have a place, and may ask for a part', () => {
    const text =
      'image:\n  repository: project:a#repository\n  tag: "project:@scope/b#version"\n  digest: project:a#digest\n';
    expect(
      projectReferences(text).references.map(({ project, part, key, line, column }) => [
        project,
        part,
        key,
        line,
        column,
      ]),
    ).toEqual([
      ['a', 'repository', 'repository', 2, 15],
      ['@scope/b', 'version', 'tag', 3, 8],
      ['a', 'digest', 'digest', 4, 11],
    ]);
  });

  it('are none in what is no YAML', () => {
    const text = 'x: y\n---\nimage: project:a\n  bad: [';
    expect(filled(text)).toBe(text);
    expect(projectReferences(text).unreadable).toMatchObject({ line: 3 });
  });

  it('are found in a document of a hundred thousand keys', () => {
    const keys = Array.from({ length: 100_000 }, (_, i) => `k${i}: 1\n`).join('');
    expect(projectReferences(`image: project:a\n${keys.slice(0, 900_000)}`).references).toHaveLength(1);
  });

  it('are found wherever YAML puts them', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
    const tree = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.integer(),
        name.map((each) => `project:${each}`),
        tie('list'),
        tie('map'),
      ),
      list: fc.array(tie('value'), { maxLength: 4 }),
      map: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie('value'), { maxKeys: 4, noNullPrototype: true }),
    }));
    const wanted = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(wanted);
      if (typeof value === 'object' && value !== null)
        return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, wanted(each)]));
      return typeof value === 'string' ? value.replace(/^project:([\w@][\w.@/-]*)$/, 'reference($1)') : value;
    };
    fc.assert(
      fc.property(tree.map, fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE'), (value, style) => {
        const text = stringify(value, { defaultStringType: style, lineWidth: 0 });
        expect(parse(filled(text))).toEqual(wanted(value));
      }),
      { seed: 6, numRuns: 500 },
    );
  });
});
