"""Pages of the window: each lays out its widgets; what they do is connected by the window and its controllers."""
