"""The expression language of claims: parsed by a grammar, evaluated against one position of a trace."""

from stackreel.claims.evaluate import Verdict, evaluate
from stackreel.claims.parse import ExpressionError, parse
from stackreel.claims.subject import Cell, Subject
from stackreel.claims.values import Value, show

__all__ = ["Cell", "ExpressionError", "Subject", "Value", "Verdict", "evaluate", "parse", "show"]
