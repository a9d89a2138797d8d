import type { BundleTree } from '../tree/tree.ts';
import { allCharts, chartOf, type ChartFile } from './chart.ts';

/** What lies in crds/ of a chart, and of those in its charts/. */
export function filesInCrds(tree: BundleTree): ChartFile[] {
  return allCharts(chartOf(tree)).flatMap(({ files }) => files.filter(({ name }) => name.startsWith('crds/')));
}

/** Whether Helm applies a file of crds/ (pkg/chart/chart.go, CRDObjects and hasManifestExtension). */
export function isApplied({ name }: Pick<ChartFile, 'name'>): boolean {
  return /\.(ya?ml|json)$/i.test(name);
}
