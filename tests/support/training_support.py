"""What tests of the training step share."""

from torch.nn.modules.batchnorm import _BatchNorm


def freeze_batch_norm(model):
    """Make every batch norm use its running statistics in training too, so that a batch may be split at will."""
    for module in model.modules():
        if isinstance(module, _BatchNorm):
            module.eval()
            module.train = lambda mode=True, module=module: module
