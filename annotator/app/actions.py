"""Everything one can do in the window, as data: menus, buttons, the command palette and the key page read this list."""

from dataclasses import dataclass

from annotator.domain.translation import tr

#: The workspaces, in the order of the work.
WORKSPACES = ("segment", "label", "agreement", "dataset", "train")

#: Where an action lives when it is there in every workspace.
EVERYWHERE = "everywhere"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do: `home` is a workspace or `everywhere`; `shortcuts` are in the notation of the window system."""

    id: str
    title: str
    home: str = EVERYWHERE
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    needs_corpus: bool = True


def workspace_titles() -> dict[str, str]:
    """Names of the workspaces on the rail."""
    return {
        "segment": tr("Segment"),
        "label": tr("Label"),
        "agreement": tr("Agreement"),
        "dataset": tr("Dataset"),
        "train": tr("Train"),
    }


def actions() -> tuple[Action, ...]:
    """All actions with their titles in the user's language.

    >>> len({action.id for action in actions()}) == len(actions())
    True
    """
    return (
        Action("new_corpus", tr("New corpus..."), EVERYWHERE, ("Ctrl+N",), "plus", False),
        Action("open_corpus", tr("Open corpus..."), EVERYWHERE, ("Ctrl+O",), "folder", False),
        Action("open_recent", tr("Open a corpus opened before..."), EVERYWHERE, ("Ctrl+R",), "folder", False),
        Action("open_demo", tr("Make and open the demo corpus"), EVERYWHERE, (), "music", False),
        Action("add_audio", tr("Add audio..."), EVERYWHERE, ("Ctrl+Shift+A",), "plus"),
        Action(
            "import_file", tr("Import segments, transcript or ratings..."), EVERYWHERE, ("Ctrl+I",), "folder"
        ),
        Action("merge_files", tr("Merge packages and copies..."), EVERYWHERE, (), "join"),
        Action("add_scheme", tr("Add a rating scheme..."), EVERYWHERE, (), "grid"),
        Action("edit_schemes", tr("Rating schemes: write, change, try..."), EVERYWHERE, (), "grid"),
        Action("describe_corpus", tr("Describe the corpus..."), EVERYWHERE, (), "info"),
        Action("switch_rater", tr("Switch annotator..."), EVERYWHERE, ("Ctrl+U",), "user"),
        Action("edit_policy", tr("What annotators may see..."), EVERYWHERE, (), "users"),
        Action("undo", tr("Undo"), EVERYWHERE, ("Ctrl+Z",), "undo"),
        Action("redo", tr("Redo"), EVERYWHERE, ("Ctrl+Y", "Ctrl+Shift+Z"), "redo"),
        Action("undo_several", tr("Undo several steps..."), EVERYWHERE, ("Ctrl+Shift+H",), "undo"),
        Action("go_segment", tr("Go to Segment"), EVERYWHERE, ("Alt+1",), "segment", False),
        Action("go_label", tr("Go to Label"), EVERYWHERE, ("Alt+2",), "label", False),
        Action("go_agreement", tr("Go to Agreement"), EVERYWHERE, ("Alt+3",), "agreement", False),
        Action("go_dataset", tr("Go to Dataset"), EVERYWHERE, ("Alt+4",), "dataset", False),
        Action("go_train", tr("Go to Train"), EVERYWHERE, ("Alt+5",), "train", False),
        Action("palette", tr("Find a command"), EVERYWHERE, ("Ctrl+K",), "search", False),
        Action("keys", tr("Show all keys"), EVERYWHERE, ("F1", "?"), "info", False),
        Action(
            "toggle_theme", tr("Switch between light and dark"), EVERYWHERE, ("Ctrl+Shift+D",), "moon", False
        ),
        Action("mute", tr("Sound off or on"), EVERYWHERE, ("Ctrl+M",), "volume", False),
        Action("louder", tr("Louder"), EVERYWHERE, ("Ctrl+Up",), "volume", False),
        Action("quieter", tr("Quieter"), EVERYWHERE, ("Ctrl+Down",), "volume", False),
        Action("choose_device", tr("Choose the sound device..."), EVERYWHERE, (), "volume", False),
        Action("quit", tr("Quit"), EVERYWHERE, ("Ctrl+Q",), "close", False),
        # Segment
        Action("play_pause", tr("Play or pause"), "segment", ("Space",), "play"),
        Action("play_segment", tr("Play the segment"), "segment", ("Tab",), "play"),
        Action("loop", tr("Loop the segment"), "segment", ("L",), "loop"),
        Action("play_selection", tr("Play the selection"), "segment", ("Shift+Space",), "play-segment"),
        Action("play_edge", tr("Play around the nearest edge"), "segment", ("B",), "play-segment"),
        Action("play_view", tr("Play what is in view"), "segment", ("V",), "play-segment"),
        Action("slower", tr("Slower, at the same pitch"), "segment", ("Ctrl+PgDown",)),
        Action("faster", tr("Faster, at the same pitch"), "segment", ("Ctrl+PgUp",)),
        Action("normal_speed", tr("Normal speed"), "segment", ("Ctrl+Home",)),
        Action("back_1s", tr("Back by 1 s"), "segment", ("Left",)),
        Action("forward_1s", tr("Forward by 1 s"), "segment", ("Right",)),
        Action("back_5s", tr("Back by 5 s"), "segment", ("Shift+Left",)),
        Action("forward_5s", tr("Forward by 5 s"), "segment", ("Shift+Right",)),
        Action("previous_segment", tr("Previous segment"), "segment", ("Up",), "previous"),
        Action("next_segment", tr("Next segment"), "segment", ("Down",), "next"),
        Action("previous_recording", tr("Previous recording"), "segment", ("Alt+PgUp",)),
        Action("next_recording", tr("Next recording"), "segment", ("Alt+PgDown",)),
        Action("find_recording", tr("Find a recording"), "segment", ("R",), "search"),
        Action("set_in", tr("Begin a segment here"), "segment", ("[",)),
        Action("set_out", tr("End the segment here"), "segment", ("]",)),
        Action("split_at_cursor", tr("Split at the cursor"), "segment", ("S",), "split"),
        Action("join_next", tr("Join with the next segment"), "segment", ("J",), "join"),
        Action("delete_segment", tr("Delete the segment"), "segment", ("Delete",), "delete"),
        Action("edit_text", tr("Edit the segment's text"), "segment", ("Return",)),
        Action("edit_speaker", tr("Name the segment's speaker"), "segment", ("Shift+Return",)),
        Action("start_earlier", tr("Start 10 ms earlier"), "segment", ("Alt+Left",)),
        Action("start_later", tr("Start 10 ms later"), "segment", ("Alt+Right",)),
        Action("end_earlier", tr("End 10 ms earlier"), "segment", ("Ctrl+Left",)),
        Action("end_later", tr("End 10 ms later"), "segment", ("Ctrl+Right",)),
        Action("start_sample_earlier", tr("Start one sample earlier"), "segment", ("Alt+Shift+Left",)),
        Action("start_sample_later", tr("Start one sample later"), "segment", ("Alt+Shift+Right",)),
        Action("end_sample_earlier", tr("End one sample earlier"), "segment", ("Ctrl+Shift+Left",)),
        Action("end_sample_later", tr("End one sample later"), "segment", ("Ctrl+Shift+Right",)),
        Action("move_earlier", tr("Move the segment 10 ms earlier"), "segment", ("Ctrl+Alt+Left",)),
        Action("move_later", tr("Move the segment 10 ms later"), "segment", ("Ctrl+Alt+Right",)),
        Action("snap_edges", tr("Snap the edges to silence"), "segment", ("Z",)),
        Action("filter_segments", tr("Filter the table"), "segment", ("/",), "search"),
        Action("zoom_in", tr("Zoom in"), "segment", ("Ctrl+1", "Ctrl++", "Ctrl+="), "zoom-in"),
        Action("zoom_out", tr("Zoom out"), "segment", ("Ctrl+3", "Ctrl+-"), "zoom-out"),
        Action("zoom_segment", tr("Zoom to the segment"), "segment", ("Ctrl+E",), "zoom-fit"),
        Action("zoom_all", tr("Show the whole recording"), "segment", ("Ctrl+F",), "zoom-fit"),
        Action("next_tier", tr("Go to the next tier"), "segment", ("T",)),
        Action(
            "tier_options", tr("Tiers: side by side, copy, overlap..."), "segment", ("Shift+T",), "settings"
        ),
        Action("copy_tier", tr("Copy this tier..."), "segment"),
        Action("toggle_overlaps", tr("Let segments of this tier overlap, or not"), "segment"),
        Action("toggle_spectrogram", tr("Show or hide the spectrogram"), "segment", ("G",), "spectrogram"),
        Action("spectrogram_options", tr("Spectrogram: scale, range, colours..."), "segment", ("Shift+G",)),
        Action("segment_automatically", tr("Segment automatically..."), "segment", ("Ctrl+G",), "segment"),
        Action("find_speakers", tr("Find speakers by voice..."), "segment", (), "users"),
        # Label
        Action("replay", tr("Play again"), "label", ("Space",), "play"),
        Action("submit", tr("Store and go on"), "label", ("Return", "Enter"), "check"),
        Action("previous_item", tr("Previous segment"), "label", ("PgUp", "Ctrl+Backspace"), "previous"),
        Action("skip_item", tr("Skip this segment"), "label", ("PgDown", "Ctrl+Space"), "skip"),
        Action("first_unrated", tr("First segment not rated yet"), "label", ("Ctrl+Home",), "next"),
        Action("toggle_note", tr("Comment and confidence"), "label", ("C",), "flag"),
        Action("cycle_confidence", tr("How sure: not said, guessed, rather, certain"), "label", ("Shift+C",)),
        Action("toggle_flag", tr("Flag to talk about"), "label", ("F",), "flag"),
        Action("show_history", tr("Answers given so far..."), "label", ("H",), "undo"),
        Action("toggle_autoplay", tr("Play each segment by itself, or not"), "label", (), "play"),
        # Agreement
        Action("compute_agreement", tr("Compute agreement"), "agreement", ("F5",), "agreement"),
        Action("settle_consensus", tr("Settle a consensus"), "agreement", ("Ctrl+Return",), "check"),
        Action("derive_items", tr("Quadrants and bins..."), "agreement", ("B",), "grid"),
        Action(
            "report_page", tr("Report as a page for the browser..."), "agreement", ("Ctrl+Shift+E",), "export"
        ),
        Action("report_tables", tr("Report as tables..."), "agreement", (), "export"),
        Action("adjudicate", tr("Decide where raters differ..."), "agreement", ("Ctrl+J",), "users"),
        Action("play_case", tr("Play the segment to decide on"), "agreement", ("Space",), "play"),
        Action("decide_case", tr("Decide and go on"), "agreement", ("Return", "Enter"), "check"),
        Action("previous_case", tr("Previous segment to decide on"), "agreement", ("PgUp",), "previous"),
        Action("next_case", tr("Next segment to decide on"), "agreement", ("PgDown",), "next"),
        Action("withdraw_case", tr("Take the decision back"), "agreement", ("Ctrl+Backspace",), "undo"),
        Action("compare_tiers", tr("Compare segmentations..."), "agreement", (), "segment"),
        # Dataset
        Action("make_split", tr("Make a split"), "dataset", ("Ctrl+Return",), "split"),
        Action("audit_split", tr("Audit the split"), "dataset", ("F5",), "search"),
        Action("export", tr("Export..."), "dataset", ("Ctrl+Shift+E",), "export"),
        # Train
        Action("train_model", tr("Train"), "train", ("Ctrl+Return", "F5"), "train"),
    )
