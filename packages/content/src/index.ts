export { ContentError } from './error.ts';
export type { ErrorFacts } from './error.ts';
export type { Descriptor, Platform } from './descriptor.ts';
export type {
  ByteRange,
  Fetcher,
  FileSpan,
  Ingester,
  Located,
  ReceiveOptions,
  Received,
  Receiver,
  Store,
} from './store.ts';

export { once } from './bytes.ts';
export { digestOfFile } from './digest-of-file.ts';
export { digestOf, hexOf, isDigest } from './digest.ts';
export { docker, isConfig, isIndex, isLayer, isManifest, layerCompression, oci } from './media-type.ts';
export type { Compression } from './media-type.ts';
export { formatPlatform, matchesPlatform, parsePlatform } from './platform.ts';
export { children, encodeJson, parseConfig, parseIndex, parseManifest } from './manifest.ts';
export type { ImageConfig, ImageIndex, ImageManifest } from './manifest.ts';

export { readBlob, verified } from './read.ts';
export type { Content } from './read.ts';
export { readSpan } from './file-span.ts';
export { MemoryStore } from './memory-store.ts';
export { LayoutStore, refName } from './layout-store.ts';
export { BlobStore, storeFolder } from './blob-store.ts';
export { firstOf } from './first-of.ts';
export { cachedIn } from './cached.ts';
export { FileBlobs } from './file-blobs.ts';

export { writeWhole } from './temporary.ts';
export { replaceFolder, stagingFolder } from './replace-folder.ts';

export { copy } from './copy.ts';
export type { CopyOptions } from './copy.ts';
export { platformsOf, selectPlatform } from './select.ts';
export { toDockerSchema2 } from './convert.ts';
export type { ConvertedImage, ConvertedLayer } from './convert.ts';
export { validate } from './validate.ts';
export type { Finding } from './validate.ts';

export { formatSource, parseSource } from './source/source.ts';
export type { LayoutSource, Source } from './source/source.ts';
export { openSource } from './source/open.ts';
export type { OpenOptions, ProjectOutput } from './source/open.ts';
export type { OpenedSource } from './source/opened-source.ts';
export { readLayerEntries, readTarEntries } from './archive/tar-entries.ts';
export { walkStream } from './archive/tar-stream.ts';
export { walkTar } from './archive/tar-walk.ts';
export type { TarMember, TarReader } from './archive/tar-walk.ts';
export { DirImage } from './archive/dir-image.ts';
export { Graph } from './export/graph.ts';
export { exportLayout } from './export/layout.ts';
export type { ExportOptions } from './export/layout.ts';
export { exportOciArchive } from './export/oci-archive.ts';
export { exportDockerArchive } from './export/docker-archive.ts';
export type { DockerExportOptions } from './export/docker-archive.ts';

export { compress } from './compress/compress.ts';
export type { CompressOptions } from './compress/compress.ts';
export { decompress } from './compress/decompress.ts';
export type { DecompressOptions } from './compress/decompress.ts';
export { createLayer } from './layer/layer.ts';
export type { CreatedLayer, Layer, LayerOptions } from './layer/layer.ts';
export type {
  LayerDevice,
  LayerDirectory,
  LayerEntry,
  LayerFifo,
  LayerFile,
  LayerHardlink,
  LayerSymlink,
} from './layer/entry.ts';
export { tarStream } from './layer/tar.ts';
export { recompress, recompressTo, recompressed } from './recompress.ts';
export type { RecompressOptions } from './recompress.ts';
export { readBase } from './image/base.ts';
export type { BaseImage } from './image/base.ts';
export { assembleImage } from './image/assemble.ts';
export type { AddedLayer, AssembledImage, ImageParts } from './image/assemble.ts';
export { assembleArtifact, checkManifestSize, emptyConfig, title } from './image/assemble-artifact.ts';
export type { ArtifactParts } from './image/assemble-artifact.ts';
export { assembleIndex } from './image/assemble-index.ts';
export type { IndexOptions, IndexPart } from './image/assemble-index.ts';
export type { ImageSettings } from './image/image-settings.ts';
