"""Files in three steps, their bytes behind a token, and canvases."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox, seed


async def fetch(sandbox: Sandbox, url: str, token: str = "") -> bytes:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession(headers=headers) as session, session.get(url) as response:
        assert response.status == 200
        return await response.read()


async def test_upload_and_download(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """An upload is announced, sent and completed; its bytes need the bot's token, or a login page answers."""
    general = sandbox.channel("general").id
    done = await client.files_upload_v2(channel=general, content="# Draft", filename="AI-0001.md", title="Draft")
    assert done["file"]["mimetype"] == "text/markdown"
    calls = [e.name for e in sandbox.traffic.calls()]
    assert calls == ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"]
    (seen,) = sandbox.person("rae").sees("general")
    assert seen.files == ("AI-0001.md",)
    url = done["file"]["url_private_download"]
    assert await fetch(sandbox, url, sandbox.bot_token) == b"# Draft"
    assert b"Sign in" in await fetch(sandbox, url)


async def test_upload_strictness(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """Empty files, wrong lengths, unfinished uploads and foreign channels are refused."""
    with pytest.raises(SlackApiError, match="missing_argument"):
        await client.files_getUploadURLExternal(filename="x", length=0)
    announced = await client.files_getUploadURLExternal(filename="x", length=3)
    async with aiohttp.ClientSession() as session:
        async with session.post(announced["upload_url"], data=b"four") as response:
            assert response.status == 400
        with pytest.raises(SlackApiError, match="file_not_found"):
            await client.files_completeUploadExternal(files=[{"id": announced["file_id"]}])
        async with session.post(announced["upload_url"], data=b"abc") as response:
            assert response.status == 200
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.files_completeUploadExternal(
            files=[{"id": announced["file_id"]}], channel_id=sandbox.channel("support").id
        )


async def test_files_of_people(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """The bot reads files shared in public, not those of private channels it is not in."""
    public = await sandbox.person("cleo").uploads("support", "chat.txt", b"x")
    private = await sandbox.person("ines").uploads("exec-private", "plan.txt", b"y")
    shown = (await client.files_info(file=public.files[0]))["file"]
    assert await fetch(sandbox, shown["url_private"], sandbox.bot_token) == b"x"
    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_info(file=private.files[0])
    with pytest.raises(SlackApiError, match="cant_delete_file"):
        await client.files_delete(file=public.files[0])


async def test_canvases(sandbox: Sandbox, client: AsyncWebClient) -> None:
    """One canvas per channel, findable in conversations.info; one operation per edit; free plans have none."""
    general = sandbox.channel("general").id
    content = {"type": "markdown", "markdown": "# Draft"}
    canvas_id = (await client.conversations_canvases_create(channel_id=general, document_content=content))["canvas_id"]
    info = await client.conversations_info(channel=general)
    assert info["channel"]["properties"]["canvas"]["file_id"] == canvas_id
    with pytest.raises(SlackApiError, match="channel_canvas_already_exists"):
        await client.conversations_canvases_create(channel_id=general, document_content=content)
    change = {"operation": "insert_at_end", "document_content": {"type": "markdown", "markdown": "more"}}
    await client.canvases_edit(canvas_id=canvas_id, changes=[change])
    assert sandbox.workspace.canvases[canvas_id].markdown == "# Draft\nmore"
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.canvases_edit(canvas_id=canvas_id, changes=[change, change])
    own = (await client.canvases_create(title="Notes", document_content=content))["canvas_id"]
    await client.canvases_access_set(canvas_id=own, access_level="read", user_ids=[seed.GRACE])
    assert sandbox.workspace.canvases[own].access == {seed.GRACE: "read"}
    await client.canvases_delete(canvas_id=canvas_id)
    with pytest.raises(SlackApiError, match="canvas_not_found"):
        await client.canvases_delete(canvas_id=canvas_id)
    sandbox.workspace.plan = "free"
    with pytest.raises(SlackApiError, match="free_teams_cannot_create_non_tabbed_canvases"):
        await client.canvases_create(title="Notes", document_content=content)
    with pytest.raises(SlackApiError, match="team_tier_cannot_create_channel_canvases"):
        await client.conversations_canvases_create(channel_id=general, document_content=content)
