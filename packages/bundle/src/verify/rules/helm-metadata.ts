import { allCharts, chartOf } from '../../helm/chart.ts';
import { chartVersion, inRange } from '../../helm/version.ts';
import { misfits, type Shape } from '../../registry/shape.ts';
import { isMapping, listField, show, textField, writtenField } from '../../yaml/field.ts';
import type { YamlFile } from '../../yaml/yaml-file.ts';
import type { Fault, Rule } from '../rule.ts';

const validate =
  "Helm's Metadata.Validate refuses the chart (v3, pkg/chart/metadata.go), for rukpak and for everybody.";
const texts: Shape = { list: 'any' };
/** A text may be written as a number there: it becomes one. */
const shape: Shape = {
  fields: {
    sources: texts,
    keywords: texts,
    maintainers: { list: { fields: {} } },
    annotations: { map: 'any' },
    dependencies: { list: { fields: { tags: texts, 'import-values': texts, enabled: 'boolean' } } },
    deprecated: 'boolean',
  },
};
const textKeys = ['apiVersion', 'name', 'version', 'appVersion', 'type', 'kubeVersion', 'description', 'home', 'icon'];

/** What each Chart.yaml has to say. */
export const helmMetadataRules: readonly Rule[] = [
  rule('helm-types', 'the values of Chart.yaml are of their types', {
    reason: 'Helm reads Chart.yaml into Go types, and fails on others (pkg/chart/loader/load.go, LoadFiles).',
    remedy: 'Write a value of that type.',
    *check(value, file) {
      for (const { keys, message } of misfits(value, shape)) yield { message, path: file.place(...keys) };
      for (const key of textKeys) {
        if (typeof value[key] !== 'object' || value[key] === null) continue;
        yield { message: `${key} is ${show(value[key])}, not a text`, path: file.place(key) };
      }
    },
  }),
  rule('helm-api-version', 'apiVersion is v1 or v2', {
    reason:
      'helm lint refuses others (pkg/lint/rules/chartfile.go, validateChartAPIVersion), and so does the loader of Helm 4; without one Helm 3 takes v1.',
    remedy: 'Write apiVersion: v2.',
    *check(value, file) {
      const version = value['apiVersion'] ?? '';
      if (version === '') yield { message: 'apiVersion is missing: v1 is taken', path: file.place(), level: 'warning' };
      else if (version !== 'v1' && version !== 'v2') {
        yield { message: `apiVersion is ${show(version)}`, path: file.place('apiVersion') };
      }
      if (version === 'v2') return;
      for (const key of ['dependencies', 'type'].filter((one) => value[one] !== undefined)) {
        const message = `${key} is for charts of apiVersion v2`;
        yield { message, path: file.place(key), level: 'warning' };
      }
    },
  }),
  rule('helm-name', 'name is there, and one name', {
    reason: validate,
    remedy: 'Set name to small letters, digits and -.',
    *check(value, file) {
      const name = writtenField(value, 'name');
      if (name === '') yield { message: 'name is missing', path: file.place('name') };
      else if (name.includes('/') || name === '.' || name === '..') {
        yield { message: `name is ${show(name)}`, path: file.place('name') };
      }
    },
  }),
  rule('helm-version', 'version is a Semantic Version, and written as a text', {
    reason: validate,
    remedy: 'Set version to X.Y.Z; quote what would be a number.',
    *check(value, file) {
      const version = writtenField(value, 'version');
      const place = file.place('version');
      if (version === '') yield { message: 'version is missing', path: place };
      else if (chartVersion(version) === undefined) yield { message: `version is ${show(version)}`, path: place };
      for (const key of ['version', 'appVersion']) {
        if (typeof value[key] !== 'number') continue;
        const message = `${key} is the number ${value[key]}, not a text`;
        yield { message, path: file.place(key), level: 'warning' };
      }
    },
  }),
  rule('helm-maintainers', 'no maintainer is empty', {
    reason: validate,
    remedy: 'Take the line out, or give a name.',
    *check(value, file) {
      for (const [at, one] of listField(value, 'maintainers').entries()) {
        const place = file.place('maintainers', at);
        if (one === null) yield { message: `maintainers has nothing at ${at}`, path: place };
        else if (textField(one, 'name') === undefined) {
          yield { message: `maintainers[${at}] has no name`, path: place, level: 'warning' };
        }
      }
    },
  }),
  {
    id: 'helm-type',
    formats: ['helm'],
    holds: 'type is application, and may be library for charts in charts/',
    level: 'error',
    reason: 'Other types are refused by Metadata.Validate; of a library nothing is rendered (pkg/engine/engine.go).',
    remedy: 'Set type: application, or leave it out.',
    *check({ tree }) {
      for (const [at, { metadata }] of allCharts(chartOf(tree)).entries()) {
        const type = writtenField(metadata?.value, 'type');
        if (metadata === undefined || ['', 'application', ...(at > 0 ? ['library'] : [])].includes(type)) continue;
        yield { message: `type is ${show(type)}`, path: metadata.place('type') };
      }
    },
  },
  rule('helm-kube-version', 'kubeVersion is a range of versions', {
    reason:
      'Helm installs nothing where the version of Kubernetes is not in it (pkg/action/action.go, renderResources), and none is in what it cannot read.',
    remedy: 'Write a range such as >=1.26.0-0, whose -0 takes in versions of cloud providers.',
    *check(value, file) {
      const range = writtenField(value, 'kubeVersion');
      if (range === '') return;
      const place = file.place('kubeVersion');
      const found = inRange('1.30.0', range);
      if (found === undefined) yield { message: `kubeVersion is ${show(range)}`, path: place };
    },
  }),
];

interface About {
  readonly reason: string;
  readonly remedy: string;
  readonly check: (value: Readonly<Record<string, unknown>>, file: YamlFile) => Iterable<Fault>;
}

/** A rule about each Chart.yaml that is a mapping. */
function rule(id: string, holds: string, { reason, remedy, check }: About): Rule {
  return {
    id,
    formats: ['helm'],
    holds,
    level: 'error',
    reason,
    remedy,
    check({ tree }) {
      const files = allCharts(chartOf(tree)).flatMap(({ metadata }) => metadata ?? []);
      const read = files.flatMap((file) => (isMapping(file.value) ? [[file.value, file] as const] : []));
      return read.length === 0 ? undefined : read.flatMap(([value, file]) => [...check(value, file)]);
    },
  };
}
