// The reference by groups: what each public function and class is for. Types follow from them.

/** Names, and what PyTorch and its packages call the same; empty where they have none. */
type Group = Readonly<Record<string, string>>;

export const GROUPS: Readonly<Record<string, Group>> = {
  Normalize: {
    instanceNorm: 'F.instance_norm',
    instanceNormBackward: 'y.backward()',
    batchNorm: 'F.batch_norm',
    batchNormBackward: 'y.backward()',
    layerNorm: 'F.layer_norm',
    layerNormBackward: 'y.backward()',
    groupNorm: 'F.group_norm',
    groupNormBackward: 'y.backward()',
    rmsNorm: 'F.rms_norm',
    rmsNormBackward: 'y.backward()',
    normalize: 'F.normalize',
    normalizeBackward: 'y.backward()',
    adaptiveInstanceNorm: '',
    syncBatchNorm: 'nn.SyncBatchNorm',
    syncBatchNormBackward: 'y.backward()',
    BatchNormSums: '',
    ChannelMoments: '',
  },
  Layers: {
    InstanceNorm: 'nn.InstanceNorm1d 2d 3d',
    BatchNorm: 'nn.BatchNorm1d 2d 3d',
    LayerNorm: 'nn.LayerNorm',
    GroupNorm: 'nn.GroupNorm',
    RMSNorm: 'nn.RMSNorm',
    RevIN: '',
    foldBatchNorm: 'fuse_conv_bn_weights',
  },
  Memory: { Tensor: 'torch.Tensor', Arena: '', SharedArena: '', ready: '' },
  Pictures: {
    imageToTensor: 'ToTensor, Normalize',
    tensorToImage: 'to_pil_image',
    restyle: '',
    imageMoments: '',
    ImageMoments: '',
    tissueMask: '',
  },
  Files: {
    readSafetensors: 'safetensors.torch.load',
    openSafetensors: 'safe_open',
    writeSafetensors: 'safetensors.torch.save',
  },
};

/** Refuses groups that lack a name, or have one that is not public. */
export function checkGroups(names: readonly string[]): void {
  const grouped = Object.values(GROUPS).flatMap((group) => Object.keys(group));
  const missing = names.filter((name) => !grouped.includes(name));
  const unknown = grouped.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`site/groups.ts: no group has ${missing.join(', ')}`);
  if (unknown.length > 0) throw new Error(`site/groups.ts: not public: ${unknown.join(', ')}`);
}
