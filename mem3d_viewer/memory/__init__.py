"""The page Memory: every slot of a checkpoint, a map of their keys, and what is put in or taken out."""
