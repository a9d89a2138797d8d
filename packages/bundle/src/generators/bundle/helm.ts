import { accessManifest, deploymentManifest } from './manifests.ts';
import { customResourceDefinition, imageOf, imageRemark, version } from './operator.ts';

/** In quotes, so that the templates are YAML too: a formatter would take two bare braces for a map in a map. */
const templates = {
  account: `'{{ .Release.Name }}'`,
  namespace: `'{{ .Release.Namespace }}'`,
  image: `'{{ .Values.image }}'`,
};

/** A chart: by the paths of its files in the project. */
export function helmFiles(name: string): Readonly<Record<string, string>> {
  return {
    'chart/Chart.yaml': chart(name),
    'chart/values.yaml': `${imageRemark}\nimage: ${imageOf(name)}\n`,
    'chart/crds/samples.yaml': customResourceDefinition(name),
    'chart/templates/access.yaml': accessManifest(name, templates),
    'chart/templates/deployment.yaml': deploymentManifest(templates),
  };
}

function chart(name: string): string {
  return `apiVersion: v2
name: ${name}
description: Looks after samples.
type: application
version: ${version}
appVersion: ${version}
`;
}
