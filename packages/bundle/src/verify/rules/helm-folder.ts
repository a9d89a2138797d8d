import { allCharts, chartFolder, chartOf, topEntries } from '../../helm/chart.ts';
import type { Bundle } from '../bundle.ts';
import type { Fault, Rule } from '../rule.ts';

/** Where the chart lies, and whether Helm's loader takes its files at all. */
export const helmFolderRules: readonly Rule[] = [
  {
    id: 'helm-folder',
    formats: ['helm'],
    holds: 'a chart lies at the root, or in the only folder there',
    level: 'error',
    reason:
      'rukpak takes the one folder at the root for the chart, else the root (pkg/util/fs.go, EnsureBaseDirFS), and Helm looks for Chart.yaml there alone (pkg/chart/loader/load.go, LoadFiles).',
    remedy: 'Put one chart into the bundle, and nothing beside its folder.',
    check: folderFaults,
  },
  {
    id: 'helm-loader',
    formats: ['helm'],
    holds: "Helm's loader takes every file of the chart, and every archive in charts/",
    level: 'error',
    reason:
      'Helm refuses a whole chart for one file outside its folder, and for one thing in charts/ that is no chart (pkg/chart/loader: archive.go, LoadArchiveFiles; load.go, LoadFiles).',
    remedy: 'Package the chart again with helm package, or helm dependency update, and leave nothing else in charts/.',
    check: ({ tree }) => allCharts(chartOf(tree)).flatMap(({ problems }) => problems),
  },
  {
    id: 'helm-chart-yaml',
    formats: ['helm'],
    holds: 'each Chart.yaml is there and is a mapping',
    level: 'error',
    reason: 'Helm loads no chart without it, and none in charts/ either (pkg/chart/loader/load.go, LoadFiles).',
    remedy: 'Write a Chart.yaml with apiVersion: v2, name and version.',
    *check({ tree }) {
      for (const [at, { metadata, folder }] of allCharts(chartOf(tree)).entries()) {
        if (metadata === undefined) {
          // Of the bundle's own chart helm-folder says it.
          if (at > 0) yield { message: `${folder} has no Chart.yaml`, path: folder };
          continue;
        }
        const { value, problem, remarks } = metadata;
        if (problem) yield problem;
        else if (value === null || typeof value !== 'object' || Array.isArray(value)) {
          yield { message: 'Chart.yaml is no mapping', path: metadata.place() };
        }
        for (const remark of remarks) yield { ...remark, level: 'warning' };
      }
    },
  },
];

function folderFaults({ tree }: Bundle): Fault[] {
  if (topEntries(tree).length === 0) return [{ message: 'the bundle is empty' }];
  if (chartOf(tree).metadata !== undefined) return [];
  const folder = chartFolder(tree);
  const charts = [...tree.entries.values()]
    .filter(({ path, type }) => type === 'file' && /^[^/]+\/(?:[^/]+\/)?Chart\.yaml$/.test(path))
    .map(({ path }) => path.slice(0, -'/Chart.yaml'.length));
  if (folder !== '') {
    const [deeper] = charts;
    const message = deeper === undefined ? `${folder} has no Chart.yaml` : `the chart lies in ${deeper}, too deep`;
    return [{ message, path: folder }];
  }
  if (charts.length === 0) return [{ message: 'there is no Chart.yaml, neither at the root nor in a folder there' }];
  const beside = topEntries(tree).filter(({ path }) => !charts.includes(path));
  return charts.length > 1
    ? charts.slice(1).map((path) => ({ message: `${path} is another chart beside ${charts[0]}`, path }))
    : beside.map(({ path }) => ({ message: `${path} lies beside the chart's folder ${charts[0]}`, path }));
}
