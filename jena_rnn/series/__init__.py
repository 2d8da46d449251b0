"""Series: a station's file to times and values, what is wrong with it, and its repair.

`reading` turns a CSV into a `Series` (`header`, `lines`, `dates` are its parts), `sample` simulates a station, `audit`
counts faults, `repair` mends them for protocol strict.
"""
