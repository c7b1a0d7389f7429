"""Stories played in the sandbox: people act, the clock moves, and what everybody saw is written down and judged."""
