import { allCharts, chartOf } from '../../helm/chart.ts';
import { filesInCrds, isApplied } from '../../helm/crd-files.ts';
import { templateProblem } from '../../helm/template.ts';
import type { BundleTree } from '../../tree/tree.ts';
import { writtenField } from '../../yaml/field.ts';
import type { Bundle } from '../bundle.ts';
import type { Fault, Rule } from '../rule.ts';
import { readable, type ReadFile } from './helm-files.ts';

/** What Helm renders, and what it applies as it is. */
export const helmTemplateRules: readonly Rule[] = [
  {
    id: 'helm-templates',
    formats: ['helm'],
    holds: 'every action of the templates is closed, and every block ended',
    level: 'error',
    reason:
      'Helm parses all files of templates/ before it renders one (pkg/engine/engine.go), whatever they are named. What they render to is not judged here: no program for it is.',
    remedy: 'Try the chart with helm template.',
    check: ({ tree }) => filesIn(tree, 'templates/', templateFaults),
  },
  {
    id: 'helm-objects',
    formats: ['helm'],
    holds: 'there are templates, or charts in charts/',
    level: 'warning',
    reason: 'Helm renders nothing else, and a release without an object installs without a word.',
    remedy: 'Write manifests into templates/.',
    check({ tree }) {
      const { files, charts, metadata, folder } = chartOf(tree);
      if (metadata === undefined) return undefined;
      const rendered = files.some(({ name }) => /^(templates|crds)\/(?!(.*\/)?(_|NOTES\.txt$))/.test(name));
      if (rendered || charts.length > 0) return [];
      return [{ message: 'the chart has no templates', ...(folder === '' ? {} : { path: folder }) }];
    },
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
      filesIn(tree, 'templates/', function* ({ name, path }) {
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
    check: (bundle) => (filesInCrds(bundle.tree).length === 0 ? undefined : crdFaults(bundle)),
  },
];

function filesIn(tree: BundleTree, folder: string, check: (file: ReadFile) => Iterable<Fault>): Fault[] | undefined {
  const files = allCharts(chartOf(tree))
    .flatMap((one) => one.files)
    .filter(({ name }) => name.startsWith(folder))
    .flatMap(readable);
  return files.length === 0 ? undefined : files.flatMap((file) => [...check(file)]);
}

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

/** What the definitions themselves have wrong is said by the rules of objects. */
function* crdFaults({ tree, manifests, objects }: Bundle): Iterable<Fault> {
  for (const { name, path } of filesInCrds(tree).filter((file) => !isApplied(file))) {
    yield { message: `${name} is passed over: it ends in neither .yaml, .yml nor .json`, path, level: 'warning' };
  }
  for (const { kind, message, path } of manifests.flatMap(({ problems }) => problems)) {
    yield { message, path, level: kind === 'duplicate' ? 'warning' : 'error' };
  }
  for (const object of objects) {
    const kind = writtenField(object.value, 'kind');
    if (!kind || kind === 'CustomResourceDefinition') continue;
    yield { message: `crds/ has ${kind}, which no upgrade will change`, path: object.place('kind'), level: 'warning' };
  }
}
