"""What all letters of a wave share, read once in a run."""

from dataclasses import dataclass, field

from app.bounces import marks, taking
from app.keys.keyfile import KeyFile
from app.letters import outbox, senders
from app.letters.mail import Letterhead
from app.letters.outbox import Claimed
from app.letters.replies import RelayRefused
from app.preparation import wordings
from app.settings import Settings
from app.store.db import Database
from app.waves.wave import index_of


@dataclass(frozen=True)
class Letterheads:
    """The letterheads of the waves whose letters are being sent."""

    db: Database
    keys: KeyFile
    settings: Settings
    _known: dict[int, Letterhead] = field(default_factory=dict)

    def of(self, wave_id: int) -> Letterhead:
        """The letterhead of a wave. Raises RelayRefused when nobody is named who sends."""
        if wave_id not in self._known:
            self._known[wave_id] = self._read(wave_id)
        return self._known[wave_id]

    def envelope(self, letter: Claimed, letterhead: Letterhead) -> str:
        """Where a letter comes back to when it cannot be delivered."""
        path, facts = self.settings.return_path, letter.facts
        if path is None:
            return letterhead.sender.address
        sent = marks.Sent(letter.id, facts.message_id, facts.email)
        return marks.address(path, taking.return_key(self.keys), sent)

    def _read(self, wave_id: int) -> Letterhead:
        with self.db.reading() as session:
            wave = outbox.wave(session, wave_id)
            wording = wordings.of(session, wave)
        # A cancelled wave has no keys any more.
        index, _layout = index_of(wave, None if wave.cancelled_at else self.keys)
        try:
            sender = senders.of(index, self.settings.mail_from)
        except senders.SenderMissing as missing:
            raise RelayRefused(str(missing), temporary=False) from missing
        return Letterhead(index, self.keys.tokens, sender, self.settings.base_url, wording)
