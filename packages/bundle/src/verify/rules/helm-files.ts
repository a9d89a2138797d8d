import { gzipSync } from 'node:zlib';
import { largestChart } from '../../helm/archive.ts';
import { allCharts, chartOf, fileOf, type ChartFile } from '../../helm/chart.ts';
import { helmIgnore, type Ignores } from '../../helm/ignore.ts';
import { readYamlFile } from '../../yaml/yaml-file.ts';
import type { Bundle } from '../bundle.ts';
import type { Fault, Rule } from '../rule.ts';

/** In bytes: what the data of a Secret may have (k8s.io/api/core/v1, MaxSecretSize). */
const largestSecret = 1024 * 1024;

/** The values of the charts, and the size of all. */
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
    id: 'helm-ignore',
    formats: ['helm'],
    holds: 'the chart has no file that its .helmignore names',
    level: 'warning',
    reason:
      'Helm reads .helmignore in folders alone, and rukpak makes an archive of the bundle (pkg/chart/loader/load.go; pkg/provisioner/helm/helm.go, getChart): what helm install leaves out is there, templates too.',
    remedy: 'Leave the file out of the bundle, or package the chart with helm package.',
    *check({ tree }) {
      const chart = chartOf(tree);
      const file = fileOf(chart, '.helmignore');
      if (file?.content === undefined) return;
      let ignores: Ignores;
      try {
        ignores = helmIgnore(Buffer.from(file.content).toString('utf8'));
      } catch (cause) {
        yield { message: (cause as Error).message, path: file.path };
        return;
      }
      for (const { name, path } of chart.files) {
        if (name !== '.helmignore' && ignores(name)) yield { message: `${name} is ignored, and there`, path };
      }
    },
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
      const at = folder === '' ? {} : { path: folder };
      const contents = files.flatMap(({ content }) => content ?? []);
      const whole = contents.reduce((sum, { length }) => sum + length, 0);
      if (whole > largestChart) return [{ message: `the chart has ${whole} bytes`, ...at }];
      // Charts in charts/ are not stored, the manifests that they render to are. The text that is stored is base64.
      const size = Math.ceil(gzipSync(Buffer.concat(contents), { level: 9 }).length / 3) * 4;
      return size <= largestSecret ? [] : [{ message: `the chart alone takes ${size} bytes`, ...at }];
    },
  },
];

export type ReadFile = ChartFile & { readonly content: Uint8Array };

/** A check of that file in every chart; nothing to judge where none has it. */
function each(name: string, check: (file: ReadFile) => Iterable<Fault>): (bundle: Bundle) => Fault[] | undefined {
  return ({ tree }) => {
    const files = allCharts(chartOf(tree)).flatMap((chart) => readable(fileOf(chart, name)));
    return files.length === 0 ? undefined : files.flatMap((file) => [...check(file)]);
  };
}

export function readable(file: ChartFile | undefined): ReadFile[] {
  return file?.content === undefined ? [] : [{ ...file, content: file.content }];
}
