using System.Text.Json;
using DlpLora.Runtime.Templates;

namespace DlpLora.Runtime.Tests.Templates;

/// <summary>The language, construct by construct; the expected texts are Jinja's own with trim_blocks and lstrip_blocks.</summary>
[TestClass]
public sealed class JinjaTests
{
    [TestMethod]
    // Whitespace.
    [DataRow("a\n{% if true %}\nb\n{% endif %}\nc\n", "a\nb\nc")]
    [DataRow("a\n  {% if true %}\nb\n  {% endif %}\nc", "a\nb\nc")]
    [DataRow("a {%- if true -%} b {%- endif -%} c", "abc")]
    [DataRow("x\n  {{- 'y' -}}  \n z", "xyz")]
    [DataRow("  {%+ if true %}a{% endif %}", "  a")]
    [DataRow("a {# note #}\nb {#- note -#} c", "a bc")]
    [DataRow("{% raw %}{{ x }}{% endraw %}!", "{{ x }}!")]
    [DataRow("a\r\nb", "a\nb")]
    // Literals, operators.
    [DataRow("{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 10 }} {{ 6 / 2 }}", "3 -4 2 3.5 1024 3.0")]
    [DataRow("{{ 1 + 2 * 3 - 4 }} {{ (1 + 2) * 3 }} {{ -2 ** 2 }}", "3 9 4")]
    [DataRow("{{ 'a' ~ 1 ~ none ~ true }} {{ 'a' + 'b' }} {{ 'ab' * 2 }} {{ 'a' 'b' }}", "a1NoneTrue ab abab ab")]
    [DataRow("{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 'a' < 'b' }} {{ 1 == 1.0 }} {{ 1 == '1' }} {{ [1] == [1] }} {{ true == 1 }}", "True False True True False True True")]
    [DataRow("{{ 'a' in 'cab' }} {{ 1 in [1, 2] }} {{ 3 not in [1] }} {{ 'k' in {'k': 1} }} {{ not false }}", "True True True True True")]
    [DataRow("{{ '' or 'x' }} {{ 0 and 1 }} {{ 'a' if 0 else 'b' }}[{{ 'a' if 0 }}] {{ 1 if true else 2 if true else 3 }}", "x 0 b[] 1")]
    [DataRow("{{ [1, 'a', none, 1.5, {'b': true}] }} {{ {'a': [1]} }} {{ (1, 2)|length }}", "[1, 'a', None, 1.5, {'b': True}] {'a': [1]} 2")]
    [DataRow("{{ '\\n\\t\\x41\\u00e9\\\\'|tojson }} {{ \"it's\" }} {{ [\"it's\"] }}", "\"\\n\\tA\u00e9\\\\\" it's [\"it's\"]")]
    [DataRow("{{ 1e16 }} {{ 1.0 }} {{ 0.1 + 0.2 }} {{ 1e-5 }} {{ 100.0 }} {{ 1234567.5 }} {{ -0.0001 }}", "1e+16 1.0 0.30000000000000004 1e-05 100.0 1234567.5 -0.0001")]
    // Access, slices.
    [DataRow("{{ 'hello'[1:3] }} {{ 'hello'[::-1] }} {{ 'hello'[-2:] }} {{ [1,2,3][:-1] }} {{ [1,2,3,4][::2] }} {{ [1][5:] }}", "el olleh lo [1, 2] [1, 3] []")]
    [DataRow("{{ 'a\ud83d\ude00b'[1] }} {{ 'a\ud83d\ude00b'|length }} {{ 'a\ud83d\ude00b'|reverse }}", "\ud83d\ude00 3 b\ud83d\ude00a")]
    [DataRow("{{ {'a': {'b': 1}}.a.b }} {{ {'a': 1}['a'] }} {{ [4, 5].1 }} {{ [4, 5][-1] }} [{{ {'a': 1}.x }}] [{{ [1][3] }}]", "1 1 5 5 [] []")]
    [DataRow("{{ {'items': 3}['items'] }} {{ {'items': 3}.items()|list }}", "3 [['items', 3]]")]
    // Loops, sets, macros.
    [DataRow("{% for x in [1,2,3] %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.revindex }};{% endfor %}", "10TrueFalse33;21FalseFalse32;32FalseTrue31;")]
    [DataRow("{% for x in 'abc' %}{{ loop.previtem }}{{ x }}{{ loop.nextitem }} {% endfor %}", "ab abc bc ")]
    [DataRow("{% for x in range(6) if x % 2 %}{{ x }}{{ loop.length }} {% else %}none{% endfor %}{% for x in [] %}x{% else %}none{% endfor %}", "13 33 53 none")]
    [DataRow("{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }};{% endfor %}", "a=1;b=2;")]
    [DataRow("{% for x in range(10) %}{% if x == 2 %}{% continue %}{% endif %}{% if x == 4 %}{% break %}{% endif %}{{ x }}{% endfor %}", "013")]
    [DataRow("{% set x = 1 %}{% for i in [1] %}{% set x = 2 %}{% endfor %}{{ x }}{% if true %}{% set x = 3 %}{% endif %}{{ x }}", "13")]
    [DataRow("{% set ns = namespace(n=0) %}{% for i in [1,2] %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}", "3")]
    [DataRow("{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set x %}in {{ a }}{% endset %}[{{ x }}]{% set y | upper %}up{% endset %}{{ y }}", "12[in 1]UP")]
    [DataRow("{% macro m(a, b='d') %}{{ a }}-{{ b }}{% endmacro %}{{ m(1) }} {{ m(1, b=2) }} {{ m(b=3, a=4)|length }}", "1-d 1-2 3")]
    [DataRow("{% macro m(t) %}<{{ t }}>{{ caller(1) }}{% endmacro %}{% call(x) m('p') %}body{{ x }}{% endcall %}", "<p>body1")]
    [DataRow("{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}[{{ a }}]{% filter upper %}x{{ 'y' }}{% endfilter %}", "3[]XY")]
    [DataRow("{% generation %}answer{% endgeneration %}{% if a is defined %}1{% elif 1 > 2 %}2{% else %}3{% endif %}", "answer3")]
    // Filters.
    [DataRow("{{ ' a '|trim }}{{ 'xxaxx'|trim('x') }} {{ 'ab'|upper }}{{ 'AB'|lower }} {{ 'hello wORLD'|title }} {{ 'hELLO'|capitalize }}", "aa ABab Hello World Hello")]
    [DataRow("{{ [1,2]|join(', ') }} {{ [{'n': 1}, {'n': 2}]|join('-', attribute='n') }} {{ x|default('d') }} {{ ''|default('e', true) }} {{ none|default('f') }}", "1, 2 1-2 d e None")]
    [DataRow("{{ [3,1,2]|sort }} {{ ['b','A']|sort }} {{ [1,2]|sort(reverse=true) }} {{ ['a','A','b']|unique|list }} {{ [1,2,3]|first }} {{ [1,2,3]|last }} {{ [1,2]|reverse|list }}", "[1, 2, 3] ['A', 'b'] [2, 1] ['a', 'b'] 1 3 [2, 1]")]
    [DataRow("{{ [{'r': 'a', 'v': 1}, {'r': 'b', 'v': 0}]|selectattr('r', 'equalto', 'a')|map(attribute='v')|list }} {{ [0, 1]|select|list }} {{ [1, 2, 3]|reject('odd')|list }} {{ [{'v': 0}, {'v': 1}]|rejectattr('v')|list }} {{ ['a']|map('upper')|list }}", "[1] [1] [2] [{'v': 0}] ['A']")]
    [DataRow("{{ '3'|int + 1 }} {{ 'x'|int(7) }} {{ '1.5'|float }} {{ 2.5|round }} {{ 2.345|round(2) }} {{ 1.2|round(0, 'ceil') }} {{ -3|abs }} {{ 'abc'|length }} {{ 3|string + '!' }} {{ 3.9|int }}", "4 7 1.5 2.0 2.35 2.0 3 3 3! 3")]
    [DataRow("{{ 'a\nb'|indent }}|{{ 'a\n\nb'|indent(2, true) }} {{ 'aXbX'|replace('X', '-') }} {{ '<a>'|e }} {{ '<a>'|safe }}", "a\n    b|  a\n\n  b a-b- &lt;a&gt; <a>")]
    [DataRow("{{ {'b': 1, 'a': 2}|dictsort }} {{ {'a': 1}|items|list }} {{ [1, 2]|sum }} {{ [1, 5, 2]|max }} {{ 'abc'|list }}", "[['a', 2], ['b', 1]] [['a', 1]] 3 5 ['a', 'b', 'c']")]
    [DataRow("{{ {'k': [1, 2.0, true, none, '\u00e9\"<']}|tojson }}", "{\"k\": [1, 2.0, true, null, \"\u00e9\\\"<\"]}")]
    [DataRow("{{ {'k': [1], 'e': []}|tojson(indent=2) }}", "{\n  \"k\": [\n    1\n  ],\n  \"e\": []\n}")]
    // Tests and methods.
    [DataRow("{{ x is defined }} {{ x is not defined }} {{ none is none }} {{ 'a' is string }} {{ 1 is number }} {{ {} is mapping }} {{ [] is sequence }} {{ 'a' is iterable }} {{ 1 is iterable }}", "False True True True True True True True False")]
    [DataRow("{{ true is boolean }} {{ true is true }} {{ 1 is true }} {{ 2 is even }} {{ 2 is odd }} {{ 3 is divisibleby 3 }} {{ 'a' is in ['a'] }} {{ 1 is eq 1 }} {{ 2 is gt(1) }}", "True True False True False True True True True")]
    [DataRow("{{ ' x '.strip() }}{{ 'xxa'.lstrip('x') }}{{ 'axx'.rstrip('x') }} {{ 'a,b'.split(',') }} {{ ' a  b '.split() }} {{ 'a-b-c'.split('-', 1) }} {{ 'a-b-c'.rsplit('-', 1)[0] }}", "xaa ['a', 'b'] ['a', 'b'] ['a', 'b-c'] a-b")]
    [DataRow("{{ 'abc'.startswith('ab') }} {{ 'abc'.endswith(('x', 'c')) }} {{ 'abc'.find('c') }} {{ 'abc'.find('z') }} {{ '-'.join(['a', 'b']) }} {{ 'aa'.replace('a', 'b', 1) }} {{ 'a b'.title() }} {{ 'ab'.upper() }} {{ 'aab'.count('a') }}", "True True 2 -1 a-b ba A B AB 2")]
    [DataRow("{{ {'a': 1}.get('a') }} {{ {}.get('a') }} {{ {}.get('a', 2) }} {{ {'a': 1}.keys()|list }} {{ {'a': 1}.values()|list }} {{ dict(a=1) }} {{ range(1, 8, 3)|list }}", "1 None 2 ['a'] [1] {'a': 1} [1, 4, 7]")]
    public void Renders(string template, string expected) => Assert.AreEqual(expected, Render(template));

    [TestMethod]
    [DataRow("a\n{{ x.y }}", 2, "'x' is undefined")]
    [DataRow("{{ {'a': 1}.b.c }}", 1, "no attribute 'b'")]
    [DataRow("{{ x + 1 }}", 1, "'x' is undefined")]
    [DataRow("{{ x() }}", 1, "'x' is undefined")]
    [DataRow("{{ 1 + 'a' }}", 1, "int and a str")]
    [DataRow("{{ 1 < 'a' }}", 1, "no order")]
    [DataRow("{{ 1 / 0 }}", 1, "divides by zero")]
    [DataRow("\n{% if true %}", 2, "endif")]
    [DataRow("{% for x in [1] %}{% endif %}", 1, "endfor")]
    [DataRow("{% endfor %}", 1, "ends nothing")]
    [DataRow("{% include 'x' %}", 1, "'include'")]
    [DataRow("{{ 'a'|sprintf }}", 1, "'sprintf'")]
    [DataRow("{{ 'a' is odd_looking }}", 1, "'odd_looking'")]
    [DataRow("{{ 'a", 1, "no end")]
    [DataRow("{{ a", 1, "no closing")]
    [DataRow("{# a", 1, "no end")]
    [DataRow("{{ a ? b }}", 1, "'?'")]
    [DataRow("{{ [1,2].append(3) }}", 1, "may not")]
    [DataRow("{{ raise_exception('no such role') }}", 1, "no such role")]
    [DataRow("{% for x in 5 %}{% endfor %}", 1, "iterated")]
    [DataRow("{{ 9223372036854775807 + 1 }}", 1, "64 bits")]
    [DataRow("{{ strftime_now('%Q') }}", 1, "%Q")]
    [DataRow("{% set x.y = 1 %}", 1, "no namespace")]
    public void AnErrorNamesItsLine(string template, int line, string problem)
    {
        TemplateException error = Assert.ThrowsExactly<TemplateException>(() => Render(template));
        Assert.AreEqual(line, error.Line);
        StringAssert.Contains(error.Problem, problem);
    }

    [TestMethod]
    [DataRow("{% for a in range(100000) %}{% for b in range(100000) %}{{ a }}{% endfor %}{% endfor %}", DisplayName = "endless loop")]
    [DataRow("{{ range(9999999999)|list }}", DisplayName = "huge range")]
    [DataRow("{{ 'a' * 9999999999 }}", DisplayName = "huge text")]
    [DataRow("{{ [1] * 9999999999 }}", DisplayName = "huge list")]
    [DataRow("{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(64) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}", DisplayName = "doubling text")]
    [DataRow("{% set ns = namespace(x=[1]) %}{% for i in range(64) %}{% set ns.x = ns.x + ns.x %}{% endfor %}", DisplayName = "doubling list")]
    [DataRow("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", DisplayName = "endless recursion")]
    [DataRow("{{ 2 ** 4000 }}", DisplayName = "huge power")]
    [DataRow("{{ 'aaaa'.replace('a', 'b' * 30000000) }}", DisplayName = "growing replacement")]
    public void AHostileTemplateIsStopped(string template) => Assert.ThrowsExactly<TemplateException>(() => Render(template));

    [TestMethod]
    public void DeepNestingIsAnErrorAndNoCrash()
    {
        foreach (string template in (string[])
            [
                "{{ " + new string('(', 100_000) + "1",
                "{{ " + new string('[', 100_000),
                "{{ " + string.Concat(Enumerable.Repeat("not ", 100_000)) + "1 }}",
                "{{ " + new string('-', 100_000) + "1 }}",
                "{{ 1" + string.Concat(Enumerable.Repeat("+1", 200_000)) + " }}",
                "{{ x" + string.Concat(Enumerable.Repeat("|list", 100_000)) + " }}",
                string.Concat(Enumerable.Repeat("{% if 1 %}", 50_000)),
            ])
        {
            Assert.ThrowsExactly<TemplateException>(() => Render(template), template[..16]);
        }

        Assert.ThrowsExactly<TemplateException>(() => Render("{% set ns = namespace(x=[]) %}{% for i in range(100000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x|tojson }}"));
    }

    [TestMethod]
    public void TheDateIsTheClocksInEnglish()
    {
        ChatTemplate template = ChatTemplate.Parse("{{ strftime_now('%d %b %Y, %A %H:%M') }}", SpecialTokens.None);
        string text = template.Render(new ChatTemplateInput { Messages = [], Clock = new FixedClock() }).Text;
        Assert.AreEqual("05 Jul 2024, Friday 14:03", text);
    }

    [TestMethod]
    public void VariablesKeepTheirKinds()
    {
        ChatTemplate template = ChatTemplate.Parse("{{ a + 1 }} {{ b }} {{ c }} {{ d.x[0] }} {{ e is none }} {{ f }}", SpecialTokens.None);
        string text = template.Render(new ChatTemplateInput
        {
            Messages = [],
            Variables = new Dictionary<string, object?>
            {
                ["a"] = 1,
                ["b"] = 1.5,
                ["c"] = false,
                ["d"] = JsonDocument.Parse("{\"x\":[2]}").RootElement,
                ["e"] = null,
                ["f"] = "s",
            },
        }).Text;
        Assert.AreEqual("2 1.5 False 2 True s", text);
        Assert.ThrowsExactly<TemplateException>(() => template.Render(new ChatTemplateInput
        {
            Messages = [],
            Variables = new Dictionary<string, object?> { ["a"] = new object() },
        }));
    }

    private static string Render(string template) =>
        ChatTemplate.Parse(template, SpecialTokens.None).Render(new ChatTemplateInput { Messages = [] }).Text;

    private sealed class FixedClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2024, 7, 5, 14, 3, 0, TimeSpan.Zero);
    }
}
