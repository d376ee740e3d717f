/** Clipboards as the programs write them (Word 16, WPS 12 on Windows), shortened: for tests. */

const head = `Version:1.0\r\nStartHTML:0000000105\r\nEndHTML:0000041111\r\n
<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40">
<head><meta http-equiv=Content-Type content="text/html; charset=utf-8"><meta name=ProgId content=Word.Document><meta name=Generator content="Microsoft Word 15">
<link rel=File-List href="file:///C:/Users/a/AppData/Local/Temp/msohtmlclip1/01/clip_filelist.xml">
<!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/></o:OfficeDocumentSettings></xml><![endif]-->
<style><!-- /* Style Definitions */ p.MsoNormal {mso-style-unhide:no; margin:0cm; font-family:等线;} @list l0:level1 {mso-level-number-format:bullet; mso-level-text:\\F0B7;} --></style></head>
<body lang=ZH-CN style='tab-interval:21.0pt;word-wrap:break-word;text-justify-trim:punctuation'>
<!--StartFragment-->`;

const bullet = (
  level: number,
  words: string,
) => `<p class=MsoListParagraph style='margin-left:${21 * level}.0pt;text-indent:-21.0pt;mso-char-indent-count:0;
mso-list:l0 level${level} lfo1'><![if !supportLists]><span lang=EN-US style='font-family:Wingdings;mso-fareast-font-family:Wingdings'><span style='mso-list:Ignore'>${level === 1 ? 'l' : 'n'}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span></span><![endif]>${words}<span lang=EN-US><o:p></o:p></span></p>`;
const numbered = (
  marker: string,
  words: string,
  list = 'l1',
) => `<p class=MsoNormal style='margin-left:18.0pt;text-indent:-18.0pt;mso-list:${list} level1 lfo2'><!--[if !supportLists]--><span
lang=EN-US style='mso-fareast-font-family:等线'>${marker}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><!--[endif]-->${words}<span lang=EN-US><o:p></o:p></span></p>`;

export const wordDocument = `${head}
<p class=MsoTitle align=center style='text-align:center'><span style='font-family:方正小标宋简体'>关于优化办税服务的公告<span lang=EN-US><o:p></o:p></span></span></p>
<p class=MsoNormal><span lang=EN-US><o:p>&nbsp;</o:p></span></p>
<p class=MsoNormal style='text-indent:32.0pt;mso-char-indent-count:2.0;line-height:28.0pt;mso-line-height-rule:exactly'><span style='font-size:16.0pt;font-family:仿宋_GB2312'>　　根据</span><b style='mso-bidi-font-weight:normal'><span style='font-size:16.0pt'>《中华人民共和国</span></b><b><span>税收征收管理法》</span></b><span style='font-size:16.0pt'>，现公告如下：<span lang=EN-US><o:p></o:p></span></span></p>
${numbered('一、', '总体要求', 'l2')}${numbered('（二）', '工作目标', 'l2')}
<h2 style='mso-list:none'><a name="_Toc1"></a><span style='mso-bookmark:_Toc1'>办理流程<span lang=EN-US><o:p></o:p></span></span></h2>
${bullet(1, '线上办理')}${bullet(2, '电子税务局')}${bullet(1, '窗口办理')}
<p class=MsoNormal>每年约<span lang=EN-US>10<sup>3</sup></span>次<s><del cite="mailto:a" datetime="2026-11-01T10:00">已删除的话</del></s><span style='display:none;mso-hide:all'>隐藏的话</span><span class=MsoCommentReference><span lang=EN-US style='font-size:8.0pt'><a class=msocomanchor href="#_msocom_1">[批注1]</a></span></span>。</p>
${numbered('1.', '提交申请')}${numbered('2.', '领取结果')}
<p class=MsoNormal>详见<a href="https://tax.example/a?b=1&amp;c=2"><span class=MsoHyperlink>办事指南</span></a>与<a href="#_Toc1">目录</a>。</p>
<table class=MsoTableGrid border=1 cellspacing=0 cellpadding=0 style='border-collapse:collapse;border:none;mso-border-alt:solid windowtext .5pt'>
 <tr style='mso-yfti-irow:0;mso-yfti-firstrow:yes'><td width=276 rowspan=2 valign=top style='width:207.4pt;border:solid windowtext 1.0pt'><p class=MsoNormal>税种<span lang=EN-US><o:p></o:p></span></p></td><td width=277><p class=MsoNormal>期限</p></td></tr>
 <tr><td width=277><p class=MsoNormal><span lang=EN-US>15</span>日</p></td></tr></table>
<p class=MsoNormal><span lang=EN-US style='mso-no-proof:yes'><!--[if gte vml 1]><v:shape id="图片_x0020_1" type="#_x0000_t75"><v:imagedata src="file:///C:/Users/a/AppData/Local/Temp/msohtmlclip1/01/clip_image001.png" o:title=""/></v:shape><![endif]--><![if !vml]><img width=554 height=311 src="file:///C:/Users/a/AppData/Local/Temp/msohtmlclip1/01/clip_image002.jpg" alt="流程图" v:shapes="图片_x0020_1"><![endif]></span></p>
<!--EndFragment--></body></html>`;

const run = `mso-spacerun:'yes';font-family:仿宋_GB2312;mso-bidi-font-family:'Times New Roman';font-size:16.0000pt;mso-font-kerning:1.0000pt;`;
const wpsItem = (marker: string, words: string) =>
  `<p class=MsoNormal style="margin-left:21.2500pt;text-indent:-21.2500pt;mso-char-indent-count:0.0000;mso-list:l0 level1 lfo1;" ><![if !supportLists]><span style="font-family:仿宋_GB2312;" ><span style='mso-list:Ignore;' >${marker}<span>&nbsp;</span></span></span><![endif]><span style="${run}" ><font face="仿宋_GB2312" >${words}</font></span><span style="${run}" ><o:p></o:p></span></p>`;

export const wpsDocument = `<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40" ><head><meta http-equiv=Content-Type  content="text/html; charset=utf-8" ><meta name=ProgId  content=Word.Document ><meta name=Generator  content="Microsoft Word 14" ><!--[if gte mso 9]><xml><w:WordDocument><w:DisplayHorizontalDrawingGridEvery>0</w:DisplayHorizontalDrawingGridEvery></w:WordDocument></xml><![endif]--><style>
@font-face{
font-family:"Times New Roman";
}
@list l0:level1{
mso-level-start-at:1;
mso-level-text:"%1.";
}
p.MsoNormal{
mso-style-name:正文;
margin:0pt;
}
div.Section0{page:Section0;}</style></head><body style="tab-interval:21pt;text-justify-trim:punctuation;" ><!--StartFragment--><div class="Section0"  style="layout-grid:15.6000pt;" ><p class=MsoNormal  align=center  style="text-align:center;mso-outline-level:1;line-height:170%;" ><span style="${run}" ><font face="微软雅黑" >开票申请书</font></span><span style="${run}" ><o:p></o:p></span></p><p class=MsoNormal  style="text-indent:2em;mso-char-indent-count:2.0000;mso-pagination:widow-orphan;" ><span style="${run}" ><font face="微软雅黑" >中华人民共和国增值税暂行条例第二十一条规定：请完整填写以下内容。</font></span></p><p class=MsoNormal ><span style="${run}" >&nbsp;</span></p><p class=MsoNormal ><span style="${run}" ><font face="宋体" >一、</font></span><b><span style="${run}font-weight:bold;" >基本信息</span></b><b><span style="${run}font-weight:bold;" ><o:p></o:p></span></b></p>${wpsItem('1.', '名称')}${wpsItem('2.', '税号')}<p class=MsoNormal ><img width="554"  height="300"  src="file:///C:\\Users\\a\\AppData\\Local\\Temp\\ksohtml16708\\wps1.jpg" ><span style="${run}" >&nbsp;</span></p><table class=MsoTableGrid  border=1  cellspacing=0  style="border-collapse:collapse;mso-table-layout-alt:fixed;mso-padding-alt:0.0000pt 5.4000pt 0.0000pt 5.4000pt ;" ><tr><td width=38  valign=top  style="width:28.5000pt;padding:0.0000pt 5.4000pt 0.0000pt 5.4000pt ;border-left:1.0000pt solid windowtext;mso-border-left-alt:0.5000pt solid windowtext;" ><p class=MsoNormal ><span style="${run}" >全部</span></p></td><td width=66  colspan=2  valign=top ><p class=MsoNormal ><span style="${run}" >合计</span><span style="${run}" ><o:p></o:p></span></p></td></tr></table></div><!--EndFragment--></body></html>`;

/** A long document of Word's of at least so many characters. */
export function largeWord(atLeast: number): string {
  const paragraph = (n: number) =>
    `<p class=MsoNormal style='text-indent:32.0pt;mso-char-indent-count:2.0;line-height:28.0pt;mso-line-height-rule:exactly;mso-pagination:widow-orphan'><span style='font-size:16.0pt;font-family:仿宋_GB2312;mso-hansi-font-family:宋体;mso-bidi-font-family:宋体;color:black;mso-font-kerning:0pt'>第${n}段，自公布之日起施行。<span lang=EN-US style='mso-spacerun:yes'>&nbsp;</span><span lang=EN-US><o:p></o:p></span></span></p>\r\n`;
  const many = Math.ceil(atLeast / paragraph(10_000).length);
  const body = Array.from({ length: many }, (_, n) => paragraph(n)).join('');
  return `${head}${body}<!--EndFragment--></body></html>`;
}
