"""The cases: what needs a person, with the evidence, the choices that the rules allow, how they ended."""
