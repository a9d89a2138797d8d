import { allCharts, chartName, chartOf, type Chart } from '../../helm/chart.ts';
import { lockDigest, lockDigestV2 } from '../../helm/lock.ts';
import { inRange } from '../../helm/version.ts';
import { field, listField, show, textField, writtenField } from '../../yaml/field.ts';
import type { YamlFile } from '../../yaml/yaml-file.ts';
import type { Fault, Rule } from '../rule.ts';

/** The charts that a chart needs, and those in its charts/. */
export const helmDependencyRules: readonly Rule[] = [
  rule('helm-dependencies', 'each dependency has a name of its own', {
    reason:
      "Helm's Dependency.Validate and Metadata.Validate refuse the chart (v3, pkg/chart/dependency.go, metadata.go).",
    remedy: 'Give each a name; and an alias of letters, digits, _ and - where a chart is used twice.',
    *check({ file, list }) {
      const seen = new Set<string>();
      for (const [at, one] of list.entries()) {
        const place = (key: string) => file.place('dependencies', at, key);
        const { name, alias } = namesOf(one);
        if (one === null) yield { message: `dependencies has nothing at ${at}`, path: place('name') };
        else if (name === '') yield { message: `dependencies[${at}] has no name`, path: place('name') };
        if (alias !== '' && !/^[a-zA-Z0-9_-]+$/.test(alias)) {
          yield { message: `the alias of ${name} is ${show(alias)}`, path: place('alias') };
        }
        const known = alias || name;
        if (seen.has(known) && known !== '') yield { message: `${known} is there twice`, path: place('name') };
        seen.add(known);
      }
    },
  }),
  rule('helm-vendored', 'every dependency is in charts/, in a version that fits', {
    reason:
      'rukpak fetches none, and installs the chart without it; helm install refuses (pkg/action/install.go, CheckDependencies). One of another version is installed, and its alias is not known (pkg/chartutil/dependencies.go, getAliasDependency).',
    remedy: 'Run helm dependency update in the folder of the chart, and bundle charts/ with it.',
    *check({ chart, file, list }) {
      for (const [at, one] of list.entries()) {
        const { name } = namesOf(one);
        const there = chart.charts.filter((other) => chartName(other) === name);
        if (name === '') continue;
        if (there.length === 0) {
          yield { message: `${name} is not in charts/`, path: file.place('dependencies', at, 'name') };
          continue;
        }
        const range = writtenField(one, 'version');
        const versions = there.map(({ metadata }) => writtenField(metadata?.value, 'version'));
        if (versions.some((version) => inRange(version, range))) continue;
        const message = `charts/ has ${name} ${versions.join(', ')}, which is not in the range ${show(range)}`;
        yield { message, path: file.place('dependencies', at, 'version'), level: 'warning' };
      }
    },
  }),
  rule('helm-lock', 'the lock file is that of the dependencies', {
    level: 'warning',
    reason:
      'helm dependency build refuses a lock file that is out of sync (pkg/downloader/manager.go, Build); what is in charts/ may be older than Chart.yaml.',
    remedy: 'Run helm dependency update in the folder of the chart.',
    *check({ chart: { lock, metadata }, list }) {
      if (lock === undefined) return;
      if (lock.problem) {
        // The loader reads it as well.
        yield { ...lock.problem, level: 'error' };
        return;
      }
      const digest = textField(lock.value, 'digest');
      const locked = listField(lock.value, 'dependencies');
      // Helm resolves names of repositories before it makes the sum; here nobody knows them.
      if (list.some((one) => /^(@|alias:)/.test(textField(one, 'repository') ?? ''))) return;
      const sums = [lockDigest(list, locked)];
      if (field(metadata?.value, 'apiVersion') !== 'v2') sums.push(lockDigestV2(list));
      if (digest !== undefined && sums.includes(digest)) return;
      const message = digest === undefined ? 'the lock file has no digest' : 'the lock file is out of sync';
      yield { message, path: lock.place('digest') };
    },
  }),
];

interface Needs {
  readonly chart: Chart;
  /** Where they are written: Chart.yaml, or requirements.yaml, which the loader reads after it. */
  readonly file: YamlFile;
  readonly list: readonly unknown[];
}

interface About {
  readonly level?: Rule['level'];
  readonly reason: string;
  readonly remedy: string;
  readonly check: (needs: Needs) => Iterable<Fault>;
}

/** A rule about each chart that has dependencies. */
function rule(id: string, holds: string, { level = 'error', reason, remedy, check }: About): Rule {
  return {
    id,
    formats: ['helm'],
    holds,
    level,
    reason,
    remedy,
    check({ tree }) {
      const needs = allCharts(chartOf(tree)).flatMap(needsOf);
      return needs.length === 0 ? undefined : needs.flatMap((one) => [...check(one)]);
    },
  };
}

function needsOf(chart: Chart): Needs[] {
  const file = [chart.requirements, chart.metadata].find((one) => Array.isArray(field(one?.value, 'dependencies')));
  const list = listField(file?.value, 'dependencies');
  return file === undefined || list.length === 0 ? [] : [{ chart, file, list }];
}

function namesOf(dependency: unknown): { readonly name: string; readonly alias: string } {
  return { name: writtenField(dependency, 'name'), alias: writtenField(dependency, 'alias') };
}
