"""Says whether a question looks as if papers would answer it."""

from __future__ import annotations

import re

_STRONG = re.compile(
    r"\b10\.\d{4,9}/\S|\barxiv\b|\bdoi\b|\bpubmed\b|peer[- ]review|meta-?analys|systematic review|literature review|"
    r"randomi[sz]ed|clinical trial|placebo|double[- ]blind|cohort study|case[- ]control|journal article|"
    r"(?:scientific|research|academic|published) (?:papers?|articles?|literature|evidence|stud(?:y|ies))|"
    r"according to (?:studies|research)|state[- ]of[- ]the[- ]art|preprint|"
    r"wissenschaftliche|systematische übersicht|klinische studie|doppelblind|fachzeitschrift|"
    r"étude clinique|revue systématique|essai randomisé|article scientifique|estudio clínico|revisión sistemática",
    re.IGNORECASE,
)
_WEAK = re.compile(
    r"\b(?:stud(?:y|ies)|papers?|research(?:ers)?|theorem|lemma|conjecture|hypothes[ie]s|dataset|algorithm|neural|"
    r"transformer|protein|gene(?:tic|s|ome)?|mutation|receptor|enzyme|biomarker|pathogen\w*|in vitro|in vivo|catalyst|"
    r"quantum|spectroscop\w+|astrophysic\w*|epidemiolog\w*|prevalence|incidence|mortality|efficacy|effect size|"
    r"odds ratio|p-value|citations?|doctoral|thesis|dissertation|stud(?:ie|ien)|forschung\w*|hypothese\w*|étude|"
    r"recherche|estudio|investigación)\b",
    re.IGNORECASE,
)


def looks_scholarly(question: str) -> bool:
    """Whether there is a plain sign of it, or two weak ones."""
    if _STRONG.search(question):
        return True
    return len({found.group().lower() for found in _WEAK.finditer(question)}) >= 2
