"""The directive `quiz`: one question, a few answers, and what to say to each of them.

    ```{quiz}
    What does a triplet that is easy contribute?

    Nothing
    : Yes. It is cut off at zero, and a constant has no slope.

    A small push
    : No. That would be so without the cut-off.
    ```

The answers are radio buttons, and an answer's sentence appears once it is chosen: by style sheet
alone, so it works by keyboard, in a saved page and without JavaScript.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

RIGHT, WRONG = "Yes.", "No."
FEWEST_ANSWERS = 3


class quiz(nodes.General, nodes.Element):  # noqa: N801  docutils finds a visitor by this name
    """A question with its answers."""


class quiz_question(nodes.Part, nodes.TextElement):  # noqa: N801  as above
    """What is asked."""


class quiz_answer(nodes.Part, nodes.TextElement):  # noqa: N801  as above
    """One answer to choose; number: its radio button's, group: the question's."""


class quiz_feedback(nodes.General, nodes.Element):  # noqa: N801  as above
    """What is said to whoever has chosen the answer before it."""


class QuizDirective(SphinxDirective):
    """Turn a paragraph and a definition list into a question with answers."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        written = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, written)
        match written.children:
            case [nodes.paragraph() as asked, nodes.definition_list() as answers]:
                pass
            case _:
                raise self.error("A quiz is one paragraph, and then a definition list of answers.")
        self._require_answers(answers)
        group = f"quiz-{self.env.new_serialno('quiz')}"
        whole = quiz("", quiz_question("", "", *asked.children))
        for number, item in enumerate(answers.children):
            term, said = item.children
            is_right = said.astext().startswith(RIGHT)
            whole += quiz_answer("", "", *term.children, group=group, number=number)
            whole += quiz_feedback("", *said.children, is_right=is_right)
        return [whole]

    def _require_answers(self, answers: nodes.definition_list) -> None:
        said = [item.children[-1].astext() for item in answers.children]
        if len(said) < FEWEST_ANSWERS:
            raise self.error(f"A quiz has at least {FEWEST_ANSWERS} answers, not {len(said)}.")
        if not all(one.startswith((RIGHT, WRONG)) for one in said):
            raise self.error(f'What is said to an answer begins with "{RIGHT}" or "{WRONG}".')
        if sum(one.startswith(RIGHT) for one in said) != 1:
            raise self.error(f'One answer of a quiz is right: its sentence begins with "{RIGHT}".')


def begin_quiz(writer: Any, _: quiz) -> None:
    writer.body.append('<fieldset class="quiz">')


def end_quiz(writer: Any, _: quiz) -> None:
    writer.body.append("</fieldset>\n")


def begin_question(writer: Any, _: quiz_question) -> None:
    writer.body.append("<legend>")


def end_question(writer: Any, _: quiz_question) -> None:
    writer.body.append("</legend>\n")


def begin_answer(writer: Any, node: quiz_answer) -> None:
    name = f"{node['group']}-{node['number']}"
    writer.body.append(f'<input type="radio" name="{node["group"]}" id="{name}">')
    writer.body.append(f'<label for="{name}">')


def end_answer(writer: Any, _: quiz_answer) -> None:
    writer.body.append("</label>\n")


def begin_feedback(writer: Any, node: quiz_feedback) -> None:
    kind = "right" if node["is_right"] else "wrong"
    # A status is read aloud when it appears.
    writer.body.append(f'<div role="status"><div class="quiz-feedback quiz-{kind}">')


def end_feedback(writer: Any, _: quiz_feedback) -> None:
    writer.body.append("</div></div>\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of the directive and of how its parts are written as HTML."""
    app.add_directive("quiz", QuizDirective)
    app.add_node(quiz, html=(begin_quiz, end_quiz))
    app.add_node(quiz_question, html=(begin_question, end_question))
    app.add_node(quiz_answer, html=(begin_answer, end_answer))
    app.add_node(quiz_feedback, html=(begin_feedback, end_feedback))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
