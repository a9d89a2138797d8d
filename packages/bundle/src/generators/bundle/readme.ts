import type { BundleFormat } from '../../formats.ts';

export function readme(name: string, format: BundleFormat): string {
  return `# ${name}

${kinds[format]}, described by [bundle.yaml](bundle.yaml).

    nx run ${name}:bundle            # assembles the image; no daemon
    nx run ${name}:verify            # applies the rules of who unpacks it, a line for each finding

With a \`repository\` in bundle.yaml:

    nx run ${name}:push              # brings it there
    nx run ${name}:deploy-manifest   # writes dist/bundle-deployment.yaml, which names it by its digest

And in the cluster:

    ${format === 'plain' ? '' : `kubectl create namespace ${name}-system\n    `}kubectl apply -f dist/bundle-deployment.yaml

It builds and verifies as it stands, and does nothing yet:

${advice[format](name)}`;
}

const kinds: Readonly<Record<BundleFormat, string>> = {
  plain: 'An operator as plain manifests, for rukpak (plain+v0)',
  registry: 'An operator as a bundle for OLM and rukpak (registry+v1)',
  helm: 'An operator as a chart, for rukpak (helm+v3)',
};

const advice: Readonly<Record<BundleFormat, (name: string) => string>> = {
  plain: (
    name,
  ) => `- [manifests](manifests) has a sample of each thing that an operator needs: put your own in their place. Every file there
  is read as manifests, whatever its name, and folders are refused;
- [deployment.yaml](manifests/deployment.yaml) runs an image that nobody has made. An image of this workspace is named as
  \`image: project:NAME\`;
- the namespace ${name}-system comes with the bundle: nobody else may create it.
`,
  registry: (
    name,
  ) => `- [the ClusterServiceVersion](manifests/${name}.clusterserviceversion.yaml) says what is installed, and with which rights.
  It runs an image that nobody has made; an image of this workspace is named as \`image: project:NAME\`;
- [manifests](manifests) has it and the CRDs that it owns. Every file there is read as manifests, whatever its name, and
  folders are refused. metadata/annotations.yaml and the labels come from bundle.yaml;
- a new version has a new \`version\` here, and a new name and \`spec.version\` in the ClusterServiceVersion.

OLM v1 installs it from a catalog: a project with a \`catalog.yaml\` that names \`project:${name}\`.
`,
  helm: () => `- [chart](chart) has a sample of each thing that an operator needs: put your own chart in its place, with the charts that
  it depends on in \`chart/charts\`;
- [values.yaml](chart/values.yaml) names an image that nobody has made. One of this workspace is \`image: project:NAME\`;
- Helm installs what is in \`crds\` once, and changes nothing of it later.
`,
};
