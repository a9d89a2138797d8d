import { describe, expect, it } from 'vitest';
import { docker, isConfig, isIndex, isLayer, isManifest, layerCompression, oci } from './media-type.ts';

describe('media types', () => {
  it('are told apart', () => {
    const all = [...Object.values(oci), ...Object.values(docker)];
    expect(all.filter(isIndex)).toEqual([oci.index, docker.index]);
    expect(all.filter(isManifest)).toEqual([oci.manifest, docker.manifest]);
    expect(all.filter(isConfig)).toEqual([oci.config, docker.config]);
    expect(all.filter(isLayer)).toHaveLength(6);
  });

  it.each([
    [oci.layer, 'none'],
    [oci.layerGzip, 'gzip'],
    [oci.layerZstd, 'zstd'],
    [docker.layer, 'none'],
    [docker.layerGzip, 'gzip'],
    [docker.layerZstd, 'zstd'],
    ['application/vnd.oci.image.layer.nondistributable.v1.tar+gzip', undefined],
    ['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', undefined],
    ['application/vnd.cncf.helm.chart.content.v1.tar+gzip', undefined],
    ['constructor', undefined],
  ])('%s is compressed with %s', (mediaType, compression) => {
    expect(layerCompression(mediaType)).toBe(compression);
  });
});
