/** The texts that the generator writes. They are code, not templates, so that no Nx takes them for a project. */
export function solutionYaml(name: string, volumeId: string | undefined): string {
  return `ingot: solution/v1
name: ${name}
version: 0.1.0
displayName: ${name}
images:
  # An image of this workspace, or an archive: { from: oci-archive:vendor/tool.tar, name: tool, tag: 2.0.0 }
  - from: project:${name}-operator
operator: { image: ${name}-operator, deploy: operator/deploy }
${volumeId === undefined ? '' : `# "<name> <version>" would be longer than the 32 bytes that an ISO has for it.\nvolumeId: ${volumeId}\n`}`;
}

export function sampleCrd(name: string): string {
  return `# MetalK8s applies every file of this folder whose name ends in _crd.yaml. It passes through Jinja first, so that two
# braces have to be escaped; one document a file.
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: samples.${name}.example.com
spec:
  group: ${name}.example.com
  scope: Namespaced
  names:
    kind: Sample
    listKind: SampleList
    plural: samples
    singular: sample
  versions:
    - name: v1alpha1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                replicas:
                  type: integer
                  minimum: 0
      subresources:
        status: {}
`;
}

export function role(name: string): string {
  return `# The operator's rights: named Roles and ClusterRoles only. MetalK8s makes the service account ${name}-operator
# and binds it to each of them.
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: ${name}-operator
rules:
  - apiGroups: [${name}.example.com]
    resources: [samples, samples/status]
    verbs: [get, list, watch, update, patch]
  - apiGroups: ['']
    resources: [pods, services, configmaps, events]
    verbs: ['*']
  - apiGroups: [apps]
    resources: [deployments]
    verbs: ['*']
`;
}

export function readme(name: string): string {
  return `# ${name}

A MetalK8s Solution, described by [solution.yaml](solution.yaml).

    nx run ${name}:pack      # writes dist/${name}-0.1.0.iso
    nx run ${name}:verify    # applies MetalK8s' rules to it

It packs and verifies as it stands, and it can be imported. It does nothing yet:

- the operator's image holds a text and no program (see its own README);
- [operator/deploy/crds](operator/deploy/crds) has a sample of a CustomResourceDefinition: put your own in its place;
- [operator/deploy/role.yaml](operator/deploy/role.yaml) has the rights that an operator of that sample would need.

At the site: \`solutions.sh import --archive ${name}-0.1.0.iso\`, then \`activate --name ${name} --version 0.1.0\`,
\`create-env\` and \`add-solution\`.
`;
}

export function operatorImageYaml(name: string): string {
  return `ingot: image/v1
name: ${name}-operator
version: 0.1.0
from: scratch
layers:
  # Replace it by the operator's program. What a target makes is named with it:
  #   - files: [{ from: dist/operator, target: build, to: /usr/local/bin/${name}-operator, mode: 0755 }]
  - files: [{ from: placeholder.txt, to: /placeholder.txt }]
# MetalK8s starts "${name}-operator --config=/etc/config/operator.yaml", and looks for it in PATH.
env: { PATH: /usr/local/bin }
user: 65532:65532
`;
}

export function placeholder(name: string): string {
  return `This image holds no program yet. MetalK8s would start ${name}-operator, and fail.\n`;
}

export function operatorReadme(name: string): string {
  return `# ${name}-operator

The image of the operator of the Solution \`${name}\`, described by [image.yaml](image.yaml).

**It holds a text and no program**: the Solution packs, verifies and can be imported, but a Pod of this image does not
start. MetalK8s starts \`${name}-operator --config=/etc/config/operator.yaml\` in it, looked for in \`PATH\`. That file tells
where each version's images are to be had:

    apiVersion: solutions.metalk8s.scality.com/v1alpha1
    kind: OperatorConfig
    repositories:
      0.1.0:
        - endpoint: metalk8s-registry/${name}-0.1.0
          images: ['${name}-operator:0.1.0']
`;
}
