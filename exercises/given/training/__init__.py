"""What a network is trained with: parts, recipes, optimizers, the loop, and how it embeds."""
