from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives

from shop.core.mail import ConsoleAndFileBackend


def test_shows_the_text_and_keeps_the_whole_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    message = EmailMultiAlternatives("Tea is ready", "Come down.", to=["ada@example.test"])
    message.attach_alternative("<p>Come down.</p>", "text/html")
    ConsoleAndFileBackend(file_path=str(tmp_path)).send_messages([message])
    shown = capsys.readouterr().out
    assert shown.startswith("Mail to ada@example.test: Tea is ready\nCome down.\n---")
    assert "<p>" not in shown
    (kept,) = tmp_path.iterdir()
    assert "<p>Come down.</p>" in kept.read_text()
