"""Reports and figures of runs, from their saved files alone; `axes` and `canvas` are the base of every figure.

`report` writes report.md, `drawing` the plots of any task, `trace_plots` the gates of a trained cell. Importing this
package loads neither TensorFlow nor matplotlib; `drawing`, `axes` and `trace_plots` load matplotlib.
"""

from jena_rnn.reports.report import headline, render

__all__ = ["headline", "render"]
