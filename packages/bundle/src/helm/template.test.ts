import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { templateProblem } from './template.ts';

describe('templateProblem', () => {
  it.each([
    '',
    'kind: Service\n',
    '{{ .Values.name }}',
    '{{- if .Values.a -}}\na\n{{- else if .Values.b }}\nb\n{{- else }}\nc\n{{- end }}\n',
    '{{ define "a" }}{{ range $i, $e := .b }}{{ $e }}{{ end }}{{ end }}',
    '{{ "}}" }}{{ `{{ }}` }}{{ \'}\' }}',
    '{{/* {{ if }} */}}{{- /* {{ end }} */ -}}',
    '{{ if\n .a }}{{ end }}',
    '{{ with .a }}{{ else with .b }}{{ end }}',
    '{{ ifx }}{{ ending }}',
    '}} text }}',
  ])('finds nothing in %j', (text) => {
    expect(templateProblem(text)).toBeUndefined();
  });

  it.each([
    ['a\n  {{ .Values.name }\n', '{{ is not closed by }}', 2, 3],
    ['{{ if .a }}\nb\n', '{{ if }} has no {{ end }}', 1, 1],
    ['{{ if .a }}{{ end }}\n{{ end }}', '{{ end }} closes nothing', 2, 1],
    ['{{ define "a" }}{{ else }}{{ end }}', '{{ else }} without an if, range or with', 1, 17],
    ['{{ "a }}\n', '{{ is not closed by }}', 1, 1],
    ['{{/* a */ b */}}', '{{ is not closed by }}', 1, 1],
    ['{{/* a }}', '{{ is not closed by }}', 1, 1],
    ['{{ range .a }}{{ with .b }}{{ end }}', '{{ range }} has no {{ end }}', 1, 1],
  ])('%j: %s', (text, message, line, column) => {
    expect(templateProblem(text)).toEqual({ message, line, column });
  });

  it('ends with any text', () => {
    const part = fc.constantFrom('{{', '}}', '-', '/*', '*/', '"', '`', "'", 'if', 'end', ' ', '\n', 'a', '\\');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        expect(() => templateProblem(parts.join(''))).not.toThrow();
      }),
    );
  });
});
