"""Grading: an answer read without being run, compared at keyed points, its mistake named."""

from derivx.grading.question import Question
from derivx.grading.result import GradeResult, Mistake

__all__ = ["GradeResult", "Mistake", "Question"]
