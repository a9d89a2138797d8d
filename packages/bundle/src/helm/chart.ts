import { newExpansion, type Expansion } from '../kubernetes/value.ts';
import { childrenOf, type BundleTree, type TreeEntry } from '../tree/tree.ts';
import { textField } from '../yaml/field.ts';
import { readYamlFile, type YamlFile } from '../yaml/yaml-file.ts';
import { largestChart, readChartArchive } from './archive.ts';
import { chartPath } from './chart-path.ts';

/** A file of a chart. */
export interface ChartFile {
  /** In the chart: `templates/service.yaml`. */
  readonly name: string;
  /** In the bundle; of a file in an archive, the archive's path and the member's. */
  readonly path: string;
  /** Undefined where it is too large to be read. */
  readonly content: Uint8Array | undefined;
}

/** A chart as Helm's loader reads it (v3, pkg/chart/loader/load.go). */
export interface Chart {
  /** In the bundle. */
  readonly folder: string;
  /** All but those of charts/. */
  readonly files: readonly ChartFile[];
  /** Chart.yaml, requirements.yaml, Chart.lock or requirements.lock, where they are there. */
  readonly metadata: YamlFile | undefined;
  readonly requirements: YamlFile | undefined;
  readonly lock: YamlFile | undefined;
  /** In charts/. */
  readonly charts: readonly Chart[];
  /** Why the loader takes files of this chart, or archives in its charts/, not. */
  readonly problems: readonly { readonly message: string; readonly path: string }[];
}

/** Archives in archives; people have none. */
const deepest = 8;

/** The folder that rukpak takes for the chart's: the only one at the root, else the root (pkg/util/fs.go). */
export function chartFolder(tree: BundleTree): string {
  const [first, ...others] = topEntries(tree);
  return first?.type === 'directory' && others.length === 0 ? first.path : '';
}

/** What lies at the root when rukpak looks at it: links are lost when it stores a bundle (pkg/util/tar.go). */
export function topEntries(tree: BundleTree): TreeEntry[] {
  return childrenOf(tree, '').filter(({ type }) => type !== 'symlink');
}

const loaded = new WeakMap<BundleTree, Chart>();

/** The chart of a bundle of format helm, with those in its charts/. Never throws. */
export function chartOf(tree: BundleTree): Chart {
  const known = loaded.get(tree) ?? readChart(tree);
  loaded.set(tree, known);
  return known;
}

/** A chart and all charts in it. */
export function allCharts(chart: Chart): Chart[] {
  return [chart, ...chart.charts.flatMap(allCharts)];
}

export function fileOf({ files }: Pick<Chart, 'files'>, name: string): ChartFile | undefined {
  return files.find((file) => file.name === name);
}

function readChart(tree: BundleTree): Chart {
  const folder = chartFolder(tree);
  const files: ChartFile[] = [];
  const problems: { message: string; path: string }[] = [];
  for (const entry of tree.entries.values()) {
    if (entry.type !== 'file') continue;
    // rukpak makes an archive of the bundle, and has Helm read that.
    const found = chartPath(folder === '' ? `chart/${entry.path}` : entry.path);
    if ('problem' in found) problems.push({ message: found.problem, path: entry.path });
    else files.push({ name: found.name, path: entry.path, content: entry.content });
  }
  const chart = assemble(folder, files, { left: largestChart, expansion: newExpansion() }, 0);
  return { ...chart, problems: [...problems, ...chart.problems] };
}

/** Of a chart and all that are in it. */
interface Budget {
  /** Bytes that archives may still unpack to. */
  left: number;
  readonly expansion: Expansion;
}

function assemble(folder: string, all: readonly ChartFile[], budget: Budget, depth: number): Chart {
  const files = all.filter(({ name }) => !name.startsWith('charts/') || name.endsWith('.prov'));
  const yaml = (name: string): YamlFile | undefined => {
    const file = fileOf({ files }, name);
    return file?.content && readYamlFile(file.path, file.content, budget.expansion);
  };
  const problems: { message: string; path: string }[] = [];
  const charts: Chart[] = [];
  for (const [name, members] of subcharts(all)) {
    const [first] = members;
    const path = first!.path.slice(0, first!.path.length - first!.name.length) + name;
    const broken = (message: string, at = path) => problems.push({ message, path: at });
    if (!name.endsWith('.tgz')) {
      const inside = members.filter((file) => file.name !== name);
      if (inside.length === 0) broken('the file in charts/ is no archive of a chart');
      else
        charts.push(
          assemble(
            path,
            inside.map((file) => within(file, name)),
            budget,
            depth,
          ),
        );
    } else if (first!.name !== name) broken('a folder in charts/ is named as an archive');
    else if (first!.content === undefined) broken('the archive is too large to be read');
    else if (depth === deepest) broken(`the archive lies in ${deepest} others`);
    else {
      const archive = readChartArchive(first!.content, budget.left);
      budget.left -= archive.size;
      for (const { message, member } of archive.problems) broken(message, member && `${path}/${member}`);
      if (archive.problems.length > 0) continue;
      const inside = archive.files.map((file) => ({ ...file, path: `${path}/${file.member}` }));
      charts.push(assemble(`${path}/${inside[0]!.member.split('/')[0]}`, inside, budget, depth + 1));
    }
  }
  return {
    folder,
    files,
    metadata: yaml('Chart.yaml'),
    requirements: yaml('requirements.yaml'),
    lock: yaml('Chart.lock') ?? yaml('requirements.lock'),
    charts,
    problems,
  };
}

/** What is in charts/, by the first name in it; `.` and `_` hide. The names of the files are those in charts/. */
function subcharts(files: readonly ChartFile[]): Map<string, ChartFile[]> {
  const found = new Map<string, ChartFile[]>();
  for (const file of files) {
    if (!file.name.startsWith('charts/') || file.name.endsWith('.prov')) continue;
    const inside = { ...file, name: file.name.slice('charts/'.length) };
    const [name] = inside.name.split('/') as [string];
    if (/^[._]/.test(name)) continue;
    const members = found.get(name);
    if (members) members.push(inside);
    else found.set(name, [inside]);
  }
  return found;
}

function within(file: ChartFile, folder: string): ChartFile {
  return { ...file, name: file.name.slice(folder.length + 1) };
}

/** Its name, where it has one. */
export function chartName({ metadata }: Chart): string | undefined {
  return textField(metadata?.value, 'name');
}
