// The reference by groups: what each public function and class is for. Types follow from them.

export const GROUPS: Readonly<Record<string, readonly string[]>> = {
  Normalize: [
    'instanceNorm',
    'instanceNormBackward',
    'batchNorm',
    'batchNormBackward',
    'layerNorm',
    'layerNormBackward',
    'groupNorm',
    'groupNormBackward',
    'rmsNorm',
    'rmsNormBackward',
    'normalize',
    'normalizeBackward',
    'adaptiveInstanceNorm',
    'syncBatchNorm',
    'syncBatchNormBackward',
    'BatchNormSums',
    'ChannelMoments',
  ],
  Layers: [
    'InstanceNorm',
    'BatchNorm',
    'LayerNorm',
    'GroupNorm',
    'RMSNorm',
    'RevIN',
    'foldBatchNorm',
  ],
  Memory: ['Tensor', 'Arena', 'SharedArena', 'ready'],
  Pictures: [
    'imageToTensor',
    'tensorToImage',
    'restyle',
    'imageMoments',
    'ImageMoments',
    'tissueMask',
  ],
  Files: ['readSafetensors', 'openSafetensors', 'writeSafetensors'],
};

/** Refuses groups that lack a name, or have one that is not public. */
export function checkGroups(names: readonly string[]): void {
  const grouped = Object.values(GROUPS).flat();
  const missing = names.filter((name) => !grouped.includes(name));
  const unknown = grouped.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`site/groups.ts: no group has ${missing.join(', ')}`);
  if (unknown.length > 0) throw new Error(`site/groups.ts: not public: ${unknown.join(', ')}`);
}
