"""Keys: the default ones, those of other programs, one's own; no key ever does two things in one place."""

import json

import pytest

from annotator.app.actions import Action, actions
from annotator.app.keys import assign, bound_actions, canonical, conflicts, holders, meet, profiles
from annotator.app.settings import Settings, load_settings, save_settings, settings_file


def _by_id(profile: str = "default", changes: dict[str, list[str]] | None = None) -> dict[str, Action]:
    return {action.id: action for action in bound_actions(profile, changes)}


def _keys(
    profile: str = "default", changes: dict[str, list[str]] | None = None
) -> dict[str, tuple[str, ...]]:
    return {name: action.shortcuts for name, action in _by_id(profile, changes).items()}


@pytest.mark.parametrize("name", profiles())
def test_no_profile_gives_a_key_to_two_actions_in_one_place(name: str) -> None:
    assert conflicts(bound_actions(name)) == []


@pytest.mark.parametrize("name", profiles())
def test_a_profile_names_actions_that_there_are_and_leaves_none_without_a_key(name: str) -> None:
    default = _keys()
    assert set(profiles()[name].keys) <= set(default)
    for action, keys in _keys(name).items():
        assert bool(keys) == bool(default[action]), action


def test_profiles_have_the_keys_their_programs_are_known_for() -> None:
    assert _keys("elan")["play_pause"] == ("Ctrl+Space",)
    assert "Return" in _keys("elan")["split_at_cursor"]
    assert _keys("praat")["play_segment"] == ("Tab",)
    assert _keys("praat")["split_at_cursor"] == ("Return",)
    assert _keys("audacity")["split_at_cursor"] == ("Ctrl+I",)
    assert _keys("audacity")["join_next"] == ("Ctrl+J",)
    assert "Alt+Space" in _keys("label-studio")["play_pause"]
    assert "Ctrl+Return" in _keys("label-studio")["submit"]


def test_every_profile_has_undo_palette_and_keys_where_everybody_looks() -> None:
    for name in profiles():
        keys = _keys(name)
        assert (keys["undo"], keys["palette"], keys["keys"]) == (("Ctrl+Z",), ("Ctrl+K",), ("F1", "?"))


def test_a_key_given_to_one_action_is_taken_from_those_within_reach_only() -> None:
    changed = _keys(changes={"loop": ["Space", "Ctrl+N"]})
    assert changed["play_pause"] == ()
    assert changed["new_corpus"] == ()
    assert changed["replay"] == ("Space",)
    assert changed["loop"] == ("Space", "Ctrl+N")


def test_one_of_two_keys_can_be_taken() -> None:
    assert _keys(changes={"loop": ["shift+ctrl+z"]})["redo"] == ("Ctrl+Y",)


def test_giving_a_key_takes_it_from_ones_own_earlier_choice() -> None:
    actions_ = _by_id()
    changes = assign("default", {}, actions_["loop"], ["X"])
    changes = assign("default", changes, actions_["split_at_cursor"], ["X", "S"])
    assert _keys(changes=changes)["loop"] == ()
    assert _keys(changes=changes)["split_at_cursor"] == ("X", "S")
    assert conflicts(bound_actions(changes=changes)) == []


def test_a_profile_may_be_changed_under_ones_own_keys() -> None:
    changes = assign("default", {}, _by_id()["undo"], ["Ctrl+Space"])
    assert _keys("elan", changes)["undo"] == ("Ctrl+Space",)
    assert _keys("elan", changes)["play_pause"] == ()
    assert conflicts(bound_actions("elan", changes)) == []


def test_holders_name_what_a_key_does_now() -> None:
    known = _by_id()
    found = holders(known.values(), known["palette"], "space")
    assert [action.id for action in found] == ["play_pause", "replay", "play_case"]
    assert holders(known.values(), known["replay"], "S") == []


def test_spellings_of_one_key_are_one_key() -> None:
    assert canonical("Alt+Ctrl+Left") == canonical("ctrl+alt+left")
    assert canonical("PgUp") == canonical("PageUp")
    assert canonical("Ctrl++") != canonical("Ctrl+=")


def test_keys_survive_a_restart() -> None:
    save_settings(Settings(keys_profile="praat", keys={"loop": ["Ctrl+L"], "mute": []}))
    found = load_settings()
    assert (found.keys_profile, found.keys) == ("praat", {"loop": ["Ctrl+L"], "mute": []})


def test_a_settings_file_of_another_version_does_no_harm() -> None:
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_text(json.dumps({"keys_profile": "vim", "keys": {"gone": ["X"], "loop": ["X"]}}))
    found = load_settings()
    keys = _keys(found.keys_profile, found.keys)
    assert keys["loop"] == ("X",)
    assert keys["undo"] == ("Ctrl+Z",)


def test_actions_everywhere_meet_all_and_workspaces_only_themselves() -> None:
    known = {action.id: action for action in actions()}
    assert meet(known["undo"], known["train_model"])
    assert not meet(known["audit_split"], known["train_model"])
