// What it is for.
