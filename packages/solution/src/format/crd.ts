import { renderJinja } from './jinja.ts';
import { show } from './problem.ts';
import { field, yamlDocuments } from './yaml-text.ts';
import type { Problem } from './problem.ts';

const suffix = '_crd.yaml';
const group = 'apiextensions.k8s.io';

/**
 * A file of operator/deploy/crds: does MetalK8s find it, can it render it, and does it hold one CustomResourceDefinition?
 * Only `*_crd.yaml` is looked for (deploy-components.sls), at any depth; each goes through Jinja and then through a YAML
 * reader that takes a single document. Files that are no YAML by their name are no concern of this.
 * Problems: INGOT_CRD_SUFFIX, INGOT_CRD_JINJA, INGOT_CRD_YAML, INGOT_CRD_DOCUMENTS, INGOT_CRD_KIND.
 */
export function crdProblems(path: string, text: string): Problem[] {
  if (!path.endsWith(suffix)) return /\.(ya?ml|json)$/i.test(path) ? [noSuffix(path)] : [];
  const rendered = renderJinja(text);
  if ('fault' in rendered) return [jinjaProblem(rendered.fault.message, rendered.fault.line)];
  const documents = yamlDocuments(rendered.text, 'INGOT_CRD_YAML', 'the file');
  if ('problem' in documents) return [documents.problem];
  if (documents.values.length > 1) return [severalDocuments(documents.values.length)];
  return kindProblems(documents.values[0]);
}

function noSuffix(path: string): Problem {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return {
    code: 'INGOT_CRD_SUFFIX',
    message: `MetalK8s would overlook ${name}: it applies only files whose name ends in ${suffix}`,
    help: `Rename it to ${name.replace(/([._-]?crds?)?\.(ya?ml|json)$/i, '')}${suffix}, or move it out of the folder of CRDs.`,
  };
}

function jinjaProblem(message: string, line: number): Problem {
  return {
    code: 'INGOT_CRD_JINJA',
    message: `${message}, and MetalK8s passes the file through Jinja before it applies it`,
    help: "Put the literal text between {% raw %} and {% endraw %}, or write {{ '{{' }} for two braces.",
    line,
  };
}

function severalDocuments(count: number): Problem {
  return {
    code: 'INGOT_CRD_DOCUMENTS',
    message: `the file has ${count} YAML documents, and MetalK8s reads one a file`,
    help: `Put each document into a file of its own, named …${suffix}; a --- at the end counts as one more.`,
  };
}

function kindProblems(value: unknown): Problem[] {
  const bad = (message: string, help: string): Problem[] => [{ code: 'INGOT_CRD_KIND', message, help }];
  const apiVersion = field(value, 'apiVersion');
  const kind = field(value, 'kind');
  if (kind !== 'CustomResourceDefinition' || (apiVersion !== `${group}/v1` && apiVersion !== `${group}/v1beta1`)) {
    return bad(
      `the file holds ${show(apiVersion)} ${show(kind)}, not a CustomResourceDefinition of ${group}/v1`,
      'Keep other objects out of the folder of CRDs: the operator creates them, and its rights stand in role.yaml.',
    );
  }
  const name = field(value, 'metadata', 'name');
  const expected = `${String(field(value, 'spec', 'names', 'plural'))}.${String(field(value, 'spec', 'group'))}`;
  if (name === expected) return [];
  return bad(
    `the CustomResourceDefinition is named ${show(name)}, and Kubernetes wants <spec.names.plural>.<spec.group>: ${show(expected)}`,
    'Set metadata.name, spec.names.plural and spec.group so that they agree.',
  );
}
