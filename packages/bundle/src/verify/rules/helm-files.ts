import { gzipSync } from 'node:zlib';
import { allCharts, chartOf, fileOf, type Chart, type ChartFile } from '../../helm/chart.ts';
import { templateProblem } from '../../helm/template.ts';
import { parseManifest } from '../../kubernetes/manifest.ts';
import { writtenField } from '../../yaml/field.ts';
import { readYamlFile } from '../../yaml/yaml-file.ts';
import type { Bundle } from '../bundle.ts';
import type { Fault, Rule } from '../rule.ts';

/** In bytes: what the data of a Secret may have (k8s.io/api/core/v1, MaxSecretSize). */
const largestSecret = 1024 * 1024;

/** The files of the charts beside Chart.yaml. */
export const helmFileRules: readonly Rule[] = [
  {
    id: 'helm-values',
    formats: ['helm'],
    holds: 'each values.yaml is a mapping, or empty',
    level: 'error',
    reason: 'Helm reads it into a map, and loads no chart where that fails (pkg/chart/loader/load.go, LoadFiles).',
    remedy: 'Write keys and values.',
    check: each('values.yaml', function* ({ path, content }) {
      const file = readYamlFile(path, content);
      const { value, problem, remarks } = file;
      if (problem) yield problem;
      else if (typeof value !== 'object' || Array.isArray(value)) {
        yield { message: 'values.yaml is no mapping', path: file.place() };
      }
      for (const remark of remarks) yield { ...remark, level: 'warning' };
    }),
  },
  {
    id: 'helm-schema',
    formats: ['helm'],
    holds: 'each values.schema.json is a JSON Schema',
    level: 'error',
    reason: 'Helm checks the values by it, and installs nothing where it is no JSON (pkg/chartutil/jsonschema.go).',
    remedy: 'Write JSON: an object, without comments.',
    check: each('values.schema.json', function* ({ path, content }) {
      try {
        const schema: unknown = JSON.parse(Buffer.from(content).toString('utf8'));
        const sound = typeof schema === 'boolean' || (typeof schema === 'object' && schema !== null);
        if (!sound || Array.isArray(schema)) yield { message: 'values.schema.json is no object', path };
      } catch (cause) {
        yield { message: `values.schema.json is no JSON: ${(cause as Error).message}`, path };
      }
    }),
  },
  {
    id: 'helm-templates',
    formats: ['helm'],
    holds: 'every action of the templates is closed, and every block ended',
    level: 'error',
    reason:
      'Helm parses all files of templates/ before it renders one (pkg/engine/engine.go), whatever they are named. What they render to is not judged here: no program for it is.',
    remedy: 'Try the chart with helm template.',
    check: ({ tree }) => filesIn(chartOf(tree), 'templates/', templateFaults),
  },
  {
    id: 'helm-template-names',
    formats: ['helm'],
    holds: 'templates end in .yaml, .yml, .tpl or .txt',
    level: 'warning',
    reason:
      'Helm applies what any other file in templates/ renders to, and fails where that is no YAML; helm lint refuses it.',
    remedy: 'Move the file out of templates/, or rename it.',
    check: ({ tree }) =>
      filesIn(chartOf(tree), 'templates/', function* ({ name, path }) {
        if (!/\.(ya?ml|tpl|txt|json)$/.test(name)) yield { message: `${name} is rendered as a manifest`, path };
      }),
  },
  {
    id: 'helm-crds',
    formats: ['helm'],
    holds: 'crds/ has CustomResourceDefinitions, as plain manifests',
    level: 'error',
    reason:
      'Helm applies these files as they are, before all others (pkg/action/install.go, installCRDs), and renders none.',
    remedy: 'Write the definitions without templates, or move the file to templates/.',
    check: ({ tree }) => filesIn(chartOf(tree), 'crds/', crdFaults),
  },
  {
    id: 'helm-release-size',
    formats: ['helm'],
    holds: 'the chart fits into a Secret',
    level: 'error',
    reason:
      'rukpak has Helm store the chart with its release, as one compressed Secret of at most 1 MiB (pkg/storage/driver/secrets.go and util.go, encodeRelease).',
    remedy: 'Take out of the chart what no template reads: documents, examples, archives.',
    check({ tree }) {
      const { files, folder } = chartOf(tree);
      // Charts in charts/ are not stored, the manifests that they render to are.
      const release = gzipSync(JSON.stringify(files.map(({ name, content }) => [name, base64(content)])), { level: 9 });
      const size = Math.ceil(release.length / 3) * 4;
      if (size <= largestSecret) return [];
      return [{ message: `the chart alone takes ${size} bytes`, path: folder === '' ? undefined : folder }];
    },
  },
];

function* templateFaults({ path, content }: ReadFile): Iterable<Fault> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    yield { message: 'the file is not UTF-8', path };
    return;
  }
  const problem = templateProblem(text);
  if (problem) yield { message: problem.message, path: `${path}:${problem.line}:${problem.column}` };
}

function* crdFaults({ name, path, content }: ReadFile): Iterable<Fault> {
  if (!/\.(ya?ml|json)$/i.test(name)) {
    yield { message: `${name} is passed over: it ends in neither .yaml, .yml nor .json`, path, level: 'warning' };
    return;
  }
  const { problems, objects } = parseManifest(path, content);
  for (const { kind, message, path: place } of problems) {
    yield { message, path: place, level: kind === 'duplicate' ? 'warning' : 'error' };
  }
  for (const object of objects) {
    const kind = writtenField(object.value, 'kind');
    if (kind === 'CustomResourceDefinition') continue;
    yield {
      message: `crds/ has ${kind || 'an object'}, which no upgrade will change`,
      path: object.place('kind'),
      level: 'warning',
    };
  }
}

type ReadFile = ChartFile & { readonly content: Uint8Array };

/** A check of that file in every chart; nothing to judge where none has it. */
function each(name: string, check: (file: ReadFile) => Iterable<Fault>): (bundle: Bundle) => Fault[] | undefined {
  return ({ tree }) => {
    const files = allCharts(chartOf(tree)).flatMap((chart) => readable(fileOf(chart, name)));
    return files.length === 0 ? undefined : files.flatMap((file) => [...check(file)]);
  };
}

function filesIn(chart: Chart, folder: string, check: (file: ReadFile) => Iterable<Fault>): Fault[] | undefined {
  const files = allCharts(chart)
    .flatMap((one) => one.files)
    .filter(({ name }) => name.startsWith(folder))
    .flatMap(readable);
  return files.length === 0 ? undefined : files.flatMap((file) => [...check(file)]);
}

function readable(file: ChartFile | undefined): ReadFile[] {
  return file?.content === undefined ? [] : [{ ...file, content: file.content }];
}

function base64(content: Uint8Array | undefined): string {
  return Buffer.from(content ?? []).toString('base64');
}
