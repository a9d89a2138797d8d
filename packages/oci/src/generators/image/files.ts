/** The texts that the generator writes. They are code, not templates, so that no Nx takes them for a project. */
export function imageYaml(name: string, schema: string): string {
  return `# yaml-language-server: $schema=${schema}
ingot: image/v1
name: ${name}
version: 0.1.0
# Empty to begin with; or the image of another project (project:NAME), or an archive (oci-archive:FILE).
from: scratch
layers:
  # A folder of this project. What a target makes is named with it:
  #   - { from: dist/server, target: build, to: /server, mode: 0755 }
  - files: [{ from: www, to: /www }]
# What the image runs, once it has a program:
# entrypoint: [/server]
user: 65532:65532
`;
}

export function indexHtml(name: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>${name}</title>
  </head>
  <body>
    <h1>${name}</h1>
  </body>
</html>
`;
}

export function readme(name: string): string {
  return `# ${name}

A container image, described by [image.yaml](image.yaml).

    nx run ${name}:image     # assembles it: dist/image (an OCI layout) and dist/image.json (its digest and sizes)
    nx run ${name}:export    # writes it complete, for other tools: dist/${name}-0.1.0.oci.tar

So far it holds a page and no program. Let a target build one, copy it by a layer, and name it as the entrypoint.
`;
}
