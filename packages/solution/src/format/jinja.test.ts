import { describe, expect, it } from 'vitest';
import { jinja2 } from '../../../../tools/python.ts';
import { renderJinja } from './jinja.ts';

const same = [
  'plain\ntext\n',
  '',
  'a {{ \'{{\' }} b {{ "}}" }} c',
  "{{ 'it\\'s' }}{{'\\\\'}}",
  'x {# a comment {{ y }} #} z',
  'a {%- raw -%} {{ not }} {%- endraw -%} b',
  'a {% raw %} {% if %} {# {% endraw %} b',
  "a  {{- 'x' -}}  b",
  'a \n{#- c -#}\n b',
  "a {{ 'x' -}}  {{- ' y ' }}",
  'a }} b %} c #} d { {',
  '{{ repository }}/{{registry_root}}',
  "a {{- '' }} {{ '' -}} b",
  "{{ 'x' -}} \n {# c #} \n b",
];

describe('renderJinja', () => {
  it.each(same)('renders %j as Jinja2 does', async (source) => {
    const variables = { repository: 'a-1.0.0', registry_root: '/srv/x' };
    expect(renderJinja(source, variables)).toEqual({ text: await jinja2(source, variables) });
  });

  it.each([
    ['a\n{{ x }}', 2],
    ['{{ x', 1],
    ['\n\n{% if a %}', 3],
    ['{#', 1],
    ['{% raw %}', 1],
    ['pattern: ^{{[a-z]+$', 1],
    ["{{ 'a' ~ 'b' }}", 1],
    ["{{ 'a\\n' }}", 1],
  ])('refuses %j', (source, line) => {
    expect(renderJinja(source)).toMatchObject({ fault: { line } });
  });
});
