"""Messages are one line that can be seen whole, whatever a file is called."""

from core.errors import LONGEST_MESSAGE, DatasetError, one_line


def test_line_breaks_become_spaces_and_control_characters_are_shown():
    assert one_line("a\nb \r\n c\u2028d") == "a b c d"
    assert one_line("red \x1b[31m\a\u202e ü 面") == "red \\x1b[31m\\x07\\u202e ü 面"


def test_of_what_is_long_the_middle_is_left_out():
    text = str(DatasetError("/folder/" + "x" * 5000 + ".png: no such file; check the name"))
    assert len(text) <= LONGEST_MESSAGE
    assert text.startswith("/folder/xxx")
    assert text.endswith("no such file; check the name")
    assert len(one_line("\x00" * 10_000)) <= LONGEST_MESSAGE


def test_a_message_is_kept_whole_beside_what_is_shown():
    assert DatasetError("a\nb").args == ("a\nb",)
