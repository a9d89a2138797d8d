import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { copy } from '../copy.ts';
import { FileBlobs } from '../file-blobs.ts';
import { firstOf } from '../first-of.ts';
import { LayoutStore } from '../layout-store.ts';
import { parseManifest } from '../manifest.ts';
import { MemoryStore } from '../memory-store.ts';
import { readBlob } from '../read.ts';
import { testFolder } from '../test/folder.ts';
import { validate } from '../validate.ts';
import { assembleArtifact, checkManifestSize, emptyConfig } from './assemble-artifact.ts';

const at = testFolder();

describe('assembleArtifact', () => {
  it('names files by their titles, and is read by skopeo', async () => {
    writeFileSync(at('sbom.json'), '{"spdx":true}');
    const [files, memory, layout] = [new FileBlobs(), new MemoryStore(), new LayoutStore(at('layout'))];
    const layer = await files.add(at('sbom.json'), 'application/spdx+json');
    const artifact = await assembleArtifact({ artifactType: 'application/spdx+json', layers: [layer] }, memory);
    expect(artifact.artifactType).toBe('application/spdx+json');
    await copy(artifact, firstOf([files, memory]), layout);
    await layout.setRoots([artifact]);

    const raw = execFileSync(referee('skopeo'), ['inspect', '--raw', `oci:${at('layout')}`], { encoding: 'utf8' });
    expect(JSON.parse(raw)).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactType: 'application/spdx+json',
      config: emptyConfig,
      layers: [{ ...layer, annotations: { 'org.opencontainers.image.title': 'sbom.json' } }],
    });
    expect(await Array.fromAsync(validate(layout, artifact))).toEqual([]);
  });

  it('belongs to its subject, by no more than its descriptor', async () => {
    const memory = new MemoryStore();
    const subject = { mediaType: 'application/vnd.oci.image.index.v1+json', digest: emptyConfig.digest, size: 2 };
    const named = { ...subject, annotations: { name: 'x' }, platform: { os: 'linux', architecture: 'amd64' } };
    const artifact = await assembleArtifact({ artifactType: 'text/plain', layers: [], subject: named }, memory);
    const manifest = parseManifest(await readBlob(memory, artifact), artifact);
    expect(manifest.subject).toEqual(subject);
    expect(manifest.layers).toEqual([emptyConfig]);
  });

  it('is refused where no registry would take its manifest', async () => {
    const annotations = { long: 'x'.repeat(4 * 1024 * 1024) };
    const artifact = assembleArtifact({ artifactType: 'text/plain', layers: [], annotations }, new MemoryStore());
    await expect(artifact).rejects.toMatchObject({ code: 'INGOT_ARTIFACT_SIZE' });
    expect(() => checkManifestSize(4 * 1024 * 1024)).not.toThrow();
  });
});
