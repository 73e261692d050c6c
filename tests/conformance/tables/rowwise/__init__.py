"""The table checks row by row, as exact as they are slow: what the columns are held against.

Every row becomes a unit of the reference, every figure a fraction. Nothing here is quick, and
nothing here is used outside the tests.
"""
