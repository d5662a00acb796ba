"""What a learner receives and never edits: data, batches, measures, plots, the experiment."""
