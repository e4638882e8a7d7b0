"""English: what ``--help`` says of commands and options. ``help.COMMAND.PARAMETER``, or ``help.option.PARAMETER`` for all commands."""

from __future__ import annotations

HELP: dict[str, str] = {
    "help.cli": 'Derivatives explained line by line, every line proved.\n\nTry:  derivx explain "sigmoid(w*x+b)"',
    "help.explain.short": "Derive a derivative line by line, every line proved.",
    "help.backprop.short": "Back-propagate through a program: every gradient once.",
    "help.graph.short": "Draw the computational graph of a program.",
    "help.network.short": "Derive the gradients of a dense network, layer by layer.",
    "help.check.short": "Check a derivation somebody wrote, line by line.",
    "help.grade.short": "Grade an answer: right in any form, and why it is wrong.",
    "help.grade_batch.short": "Grade a file of answers with many workers.",
    "help.ops.short": "List the operations derivx knows, or search them.",
    "help.doctor.short": "Say what is installed and which referees work.",
    "help.completion.short": "Print the line that turns on completion in your shell.",
    "help.explain": (
        'Derive the derivative of TEXT line by line, and prove every line.\n\nTEXT is an expression ("sigmoid(w*x+b)", '
        '"y = w*x + b", "f(x) = x^2", LaTeX), or - for standard input.'
    ),
    "help.backprop": (
        "Back-propagate through PROGRAM: every gradient computed once, used again, and proved.\n\nPROGRAM is equations, "
        'the output last ("z = w*x + b; L = (z - y)^2"), the name of a file with them, or - for standard input.'
    ),
    "help.graph": "Draw the computational graph of PROGRAM, with values above and gradients below where there are numbers.",
    "help.network": (
        'Derive the gradients of a dense network, layer by layer.\n\nLAYERS is a list such as "2-3-1 tanh mse" or '
        '"784-128-10 relu softmax-ce", or a TOML file.'
    ),
    "help.check": (
        "Check a derivation line by line: the first wrong line, its mistake, and what follows from it.\n\nFILE holds the "
        "lines, - reads them from standard input. The lines are read, never run."
    ),
    "help.grade": "Grade ANSWER, the derivative of --problem by --wrt; - reads it from standard input.\n\nThe answer is read, never run.",
    "help.grade_batch": (
        "Grade the rows of ANSWERS (.csv, .jsonl, .parquet), in their order.\n\nA row has an answer, perhaps an id, and "
        "its own question (problem, wrt, ...) where it has one. Where the output holds results of these rows, it goes "
        "on after them."
    ),
    "help.ops": "List the operations derivx knows; with SEARCH, those whose name, alias or description has it.",
    "help.doctor": "Say what is installed and which referees work; exit with 1 if something needed does not.",
    "help.completion": "Print the line to put into the start-up file of SHELL.",
    "help.explain.epilog": (
        "\b\nExit codes: 0 ok, 1 a check failed, 2 usage, 3 unreadable input,\n4 not supported, 5 limit exceeded, 6 renderer missing."
    ),
    "help.check.epilog": (
        "\b\nExit codes: 0 every line right, 1 a line wrong or the answer not reached,\n2 a fault of the question, 3 the "
        "question cannot be read, 4 a line that no\nmachine can judge or that is not readable (a person decides)."
    ),
    "help.grade.epilog": (
        "\b\nExit codes: 0 right, 1 not right, 2 a fault of the question, 3 the answer\ncannot be read, 4 undecided (a "
        "person decides), 5 the answer is over a limit."
    ),
    "help.grade_batch.epilog": (
        "\b\nExit codes: 0 every row was graded, 1 some rows need a person (undecided,\na fault of the row, a lost worker), 2 usage."
    ),
    "help.worksheet.kinds": "A file of your own kinds of problems, TOML or Python (a Python file is run). May be repeated.",
    "help.worksheet.short": "Worksheets with keys: begin, build, check.",
    "help.worksheet": "Worksheets with keys: begin one, build its variants, check its keys.",
    "help.worksheet_new": "Begin a sheet: write FILE [default: sheet.toml], a description with comments that builds as it is.",
    "help.worksheet_build": (
        "Write every variant of SHEET, a TOML file, and its key, with a manifest.\n\nEqual seeds give equal files. With "
        "--students every student has an own sheet."
    ),
    "help.worksheet_check": "Have every key of SHEET, and of many further draws, judged by referees that never saw how it was made.",
    "help.worksheet.draws": "Further draws of the kinds of the sheet.",
    "help.worksheet.topics": "Topics or kinds of problems, as in chain,backprop.  [default: one of each]",
    "help.worksheet.start": "Problems around one expression or program instead.",
    "help.worksheet.force": "Write over a file that is there.",
    "help.worksheet.variants": "How many numbered variants.  [default: the sheet's]",
    "help.worksheet.students": "A CSV file of id and name: a sheet for each.",
    "help.worksheet.seed": "Another seed than the sheet's: a number or a word.",
    "help.worksheet.fmt": "What to write, as in latex,pdf,html.",
    "help.worksheet.engine": "What makes a PDF.",
    "help.worksheet.output": "The folder to write to.",
    "help.worksheet.workers": "Processes; 0 works in this one.  [default: one a processor]",
    "help.worksheet.lang": "The language of messages.",
    "help.option.fmt": "What to print.",
    "help.option.lang": "The language of the words.",
    "help.option.names": "Declare variables; then wx is w*x.",
    "help.option.define": 'An operation of your own, as in "swish2(x) = x*sigmoid(2*x)".',
    "help.option.shape": "The shape of an array, as in W=m,n. May be repeated.",
    "help.option.layout": "Of derivatives by arrays.",
    "help.option.ascii_only": "Use ASCII characters only.",
    "help.option.width": "Width of the text, at most 80 by default.",
    "help.option.output": "Write to a file.",
    "help.option.engine": "With --format pdf: what sets it.",
    "help.option.also": "A further referee, where it is installed.",
    "help.option.seed": "A secret from which the points are drawn.",
    "help.option.order": "How many times to differentiate.",
    "help.explain.wrt": "Variables to differentiate by, as in w,b. Default: every one, in the order written.",
    "help.explain.mixed": "One mixed partial derivative, as in w,b: first by w, then by b.",
    "help.explain.implicit": "The name that the equation TEXT defines: derive dy/dx on its curve.",
    "help.explain.at": "Numbers for a worked example, as in w=0.5,x=2,b=1.",
    "help.explain.vec": "Of a matrix by a matrix: as a matrix of the stacked columns.",
    "help.explain.method": "How a derivative by an array is told.",
    "help.explain.part": "With --method index: the one step to prove, as in X@w, or its name.",
    "help.explain.dims": "Say the sizes of the factors of every matrix product.",
    "help.explain.detail": "How many lines. Default: brief; normal for JSON.",
    "help.explain.standalone": "With --format latex: a whole document that compiles.",
    "help.explain.full_sentences": "Give each reason as a whole sentence.",
    "help.explain.check": "Have every line proved.  [default: check]",
    "help.explain.hint": "Reveal one line at a time: Enter shows the next.",
    "help.explain.upto": "Show only the first STEP lines.",
    "help.explain.width": "Width of the text. Default: the terminal's, at most 80.",
    "help.network.batch": "A row for each of N samples: a letter or a number. Default: one sample.",
    "help.network.show_program": "Print the program, which can be edited and explained.",
    "help.network.init": "Draw the parameters and the data, and go through it in numbers.",
    "help.network.rate": "The learning rate of the update.",
    "help.network.standalone": "With LaTeX: a whole document that compiles.",
    "help.option.check": "Have every gradient proved.  [default: check]",
    "help.program.wrt": "Names to differentiate by. Default: the parameters, or else every input.",
    "help.program.at": "Numbers, as in w=0.5,x=2, or a file: csv, json, npz.",
    "help.program.nodes": "A node for each equation, or for each operation.",
    "help.program.standalone": "With LaTeX and TikZ: a whole document that compiles.",
    "help.backprop.detail": "How much of each gradient.",
    "help.backprop.paths": "List the paths from these names to the output.",
    "help.backprop.rate": "One step of gradient descent with this learning rate.",
    "help.backprop.digits": "Figures of the numbers.",
    "help.graph.fmt": "What to draw.",
    "help.ops.lang": "The language of the names.",
    "help.check.problem": "What is differentiated: an expression, or a program. Default: what the work says.",
    "help.check.wrt": "By what; several names for a higher derivative.",
    "help.check.domain": "Where lines are compared, as in x=0.1:2. May be repeated.",
    "help.check.assume": 'What is known of a name, as in "x > 0". May be repeated.',
    "help.check.names": "Further names that a work may use.",
    "help.check.max_skip": "How many operations may be differentiated in one line.",
    "help.check.points": "What a right work is worth.  [default: 1]",
    "help.grade.fmt": "What to print.  [default: text]",
    "help.grade.lang": "The language of the words.  [default: en]",
    "help.grade_batch.output": "results.jsonl, or .csv.",
    "help.grade_batch.workers": "Processes; 0 works in this one.  [default: one a processor]",
    "help.grade_batch.dask": "The scheduler of a dask cluster, as in tcp://host:8786.",
    "help.grade_batch.size": "Rows a task.  [default: 256, on a cluster 1000]",
    "help.grade_batch.fresh": "Grade all rows again, where results stand already.",
    "help.grade_batch.encoding": "Of CSV and JSON lines, as in cp949.  [default: utf-8]",
    "help.grade_batch.lang": "The language of messages.  [default: en]",
    "help.grade_batch.progress": "How far it is, on stderr.  [default: on a terminal]",
    "help.question.problem": "What is differentiated: an expression, or a program with --shape.",
    "help.question.wrt": "By what; several names for a mixed derivative.",
    "help.question.order": "How many times.  [default: 1]",
    "help.question.names": "Further names that an answer may use.",
    "help.question.at": "The answer is a number: the value at this point. May be repeated.",
    "help.question.domain": "Where answers are compared, as in x=0.1:2. May be repeated.",
    "help.question.let": "A name that answers may use, as in s=sigmoid(X @ W).",
    "help.question.ambiguous": "What can be read in two ways.",
    "help.question.form": "The form an answer must have.",
    "help.question.must_contain": "Names or functions an answer must have, as in exp,x.",
    "help.question.must_not_contain": "Names or functions it must not have.",
    "help.question.tolerance": "Relative, for answers with rounded decimals.",
    "help.question.partial": "Partial credit, as in up_to_sign=0.5. May be repeated.",
    "help.question.points": "What a right answer is worth.  [default: 1]",
    "help.question.diagnose": "Name the mistake in a wrong answer, or do not.",
    "help.question.confirm": "SymPy looks at what is undecided, in a process of its own.",
    "help.no_command": "No such command '{name}'. Did you mean: derivx {close} ...?",
    "click.usage": "Usage:",
    "click.options": "Options",
    "click.commands": "Commands",
    "click.help": "Show this message and exit.",
    "click.version": "Show the version and exit.",
    "click.default": "default: {default}",
    "click.required": "required",
    "click.error": "Error: {message}",
    "click.try": "Try '{command} {option}' for help.",
    "click.missing_argument": "Missing argument",
    "click.missing_option": "Missing option",
    "click.missing_parameter": "Missing parameter",
    "click.missing_command": "Missing command.",
    "click.no_option": "No such option: {name}",
    "click.no_option_older": "No such option {name!r}.",
    "click.bad_value": "Invalid value: {message}",
    "click.bad_value_for": "Invalid value for {param_hint}: {message}",
    "click.no_choice": "{value!r} is not one of {choices}.",
    "click.no_number": "{value!r} is not a valid {number_type}.",
    "click.no_range": "{value} is not in the range {range}.",
    "click.did_you_mean": "Did you mean {possibility}?",
    "click.no_such_command": "No such command {name!r}.",
}
